import { createFanOut } from '../../services/messages/2-fan-out/fan-out.ts';
import { createFanOutHandler } from '../../services/messages/2-fan-out/handler.ts';
import { createPacedFanOut } from '../../services/messages/2-fan-out/paced-fan-out.ts';
import { createDeliver } from '../../services/messages/3-deliver/deliver.ts';
import { createDeliverHandler } from '../../services/messages/3-deliver/handler.ts';
import { createPace } from '../../services/messages/3-deliver/pace.ts';
import { createSettle } from '../../services/messages/3-deliver/settle.ts';
import { createFlush } from '../../services/messages/flush/flush.ts';
import { createFlushHandler } from '../../services/messages/flush/handler.ts';
import { createTellPart } from '../../services/messages/flush/tell-part.ts';
import { createAnnounce } from '../../services/rooms/announce/announce.ts';
import { createAnnounceHandler } from '../../services/rooms/announce/handler.ts';
import { decodeJob, encodeJob } from '../../shared/aws/delivery-job.ts';
import { readMembershipChange } from '../../shared/aws/membership-change.ts';
import { fromImage } from '../../shared/aws/message-record.ts';
import { decodeRoomJob, encodeRoomJob } from '../../shared/aws/room-job.ts';
import { ChatError } from '../../shared/domain/errors.ts';
import { METRICS, type MeteredFunction } from '../../shared/domain/metrics.ts';
import type { RouteMetrics } from '../../shared/lambda/metrics.ts';
import { createMetrics } from '../../shared/lambda/powertools-metrics.ts';
import { createSocketRoute } from '../../shared/lambda/socket-route.ts';
import { presenceFrames } from '../../shared/protocol/push-frames.ts';
import { leaveSchema } from '../../shared/protocol/schemas.ts';
import { packFrames, sizeInFrames } from '../../shared/protocol/wire-entry.ts';
import { aDeliveryJob } from '../support/delivery-jobs.ts';
import { createInMemoryChat } from '../support/in-memory-chat.ts';
import { aMessage } from '../support/log-entries.ts';
import { aMembershipRecord } from '../support/membership-events.ts';
import { aLambdaContext, anSqsEvent, anSqsRecord } from '../support/sqs-events.ts';
import { aStreamEvent, aStreamRecord } from '../support/stream-events.ts';
import { aWebSocketMessageEvent } from '../support/web-socket-events.ts';

/**
 * Makes handlers emit, through the real adapter, what a run on real engines has no occasion to: their
 * engines are neither throttled nor out of reach, and breaking them takes minutes.
 */
export async function emitRareMetrics(): Promise<void> {
  await failEveryRoute();
  await failFanOut();
  await failAnnounce();
  await failDeliver();
  await failFlush();
}

async function failEveryRoute(): Promise<void> {
  const overload = new ChatError('UNAVAILABLE', 'Later.', { retryAfterMs: 1_000 });
  const event = aWebSocketMessageEvent({ action: 'leave', roomId: 'red' });
  for (const name of Object.keys(METRICS) as MeteredFunction[]) {
    if (!('overloaded' in METRICS[name])) continue;
    const metrics: RouteMetrics = createMetrics(name as 'leave');
    for (const error of [overload, new Error('out of order')]) {
      const telemetry = { log: createInMemoryChat().logger, metrics };
      await createSocketRoute(leaveSchema, telemetry, () => Promise.reject(error))(event);
    }
  }
}

/** Nobody is paced. */
const limits = { roomPostsPerSecond: 1_000_000, roomPostsAtOnce: 1_000_000, windowMaxMs: 2_000 };

async function failFanOut(): Promise<void> {
  const chat = createInMemoryChat();
  chat.calls.failNext('memberships.connectionPages');
  await createFanOutHandler({
    ...chat,
    limits,
    fanOut: createPacedFanOut({
      ...chat,
      limits,
      fanOut: createFanOut({ ...chat, limits, packFrames }),
    }),
    readImage: fromImage,
    log: chat.logger,
    metrics: createMetrics('fanOut'),
  })(aStreamEvent(aStreamRecord(aMessage())));
}

/** One flush fails, one leaves all to another, one cannot be written down; and a record comes after it. */
async function failFlush(): Promise<void> {
  const chat = createInMemoryChat();
  await chat.admit('lobby', 'c1');
  const message = aMessage({ seq: 1 });
  chat.log.insert({ entry: message, expiresAt: chat.clock.now() + chat.retentionMs });
  chat.rooms.put({ roomId: 'lobby', head: 1, headAt: chat.clock.now() });
  const fanOut = createFanOut({ ...chat, limits, packFrames });
  const dependencies = { ...chat, limits, fanOut, sizeInFrames, pause: async () => {} };
  const handle = createFlushHandler({
    ...chat,
    flush: createFlush(dependencies),
    tellPart: createTellPart({ ...chat, limits }),
    readJob: decodeRoomJob,
    log: chat.logger,
    metrics: createMetrics('flush'),
  });
  const flush = () =>
    handle(
      anSqsEvent(
        anSqsRecord(
          encodeRoomJob({ kind: 'flush', roomId: 'lobby', id: 'one', from: 1, dueAt: 0 }),
        ),
      ),
      aLambdaContext(() => 30_000),
    );
  chat.calls.failNext('memberships.connectionPages');
  await flush();
  const pending = { id: 'other', from: 1, dueAt: chat.clock.now() };
  await chat.rooms.save(
    'lobby',
    { freeAt: 0, members: 0, pending },
    chat.rooms.get('lobby').pacing,
  );
  await flush();
  await chat.rooms.save('lobby', { freeAt: 0, members: 0 }, chat.rooms.get('lobby').pacing);
  const { save } = chat.rooms;
  let saves = 0;
  chat.pacings.save = async (...args) => {
    saves += 1;
    return saves === 1 ? save(...args) : undefined;
  };
  await flush();

  const flushed = { from: 1, through: 1 };
  chat.rooms.put({ roomId: 'lobby', pacing: { version: 9, freeAt: 0, members: 1, flushed } });
  await createFanOutHandler({
    ...chat,
    limits,
    fanOut: createPacedFanOut(dependencies),
    readImage: fromImage,
    log: chat.logger,
    metrics: createMetrics('fanOut'),
  })(aStreamEvent(aStreamRecord(message)));
}

async function failAnnounce(): Promise<void> {
  const chat = createInMemoryChat();
  chat.calls.failNext('memberships.membersUpTo');
  await createAnnounceHandler({
    ...chat,
    announce: createAnnounce({ ...chat, presenceFrames }),
    readChange: readMembershipChange,
    log: chat.logger,
    metrics: createMetrics('announce'),
  })({ Records: [aMembershipRecord({ kind: 'joined', connectionId: 'c1', userId: 'ann' })] });
}

async function failDeliver(): Promise<void> {
  const chat = createInMemoryChat();
  const pace = createPace({ postsPerSecond: 1_000, clock: chat.clock });
  chat.poster.always('c1', 'throttled');
  chat.calls.failNext('queue.send');
  await createDeliverHandler({
    ...chat,
    beginBatch: createDeliver({
      ...chat,
      pace,
      turnLimits: { slots: 1, againSlots: 1, asideMax: 0 },
      backoff: async () => {},
      after: () => () => {},
    }),
    postsPerSecond: () => pace.postsPerSecond,
    settle: createSettle(chat),
    readJob: decodeJob,
    log: chat.logger,
    metrics: createMetrics('deliver'),
  })(
    anSqsEvent(anSqsRecord(encodeJob(aDeliveryJob({ connectionIds: ['c1'] })))),
    aLambdaContext(() => 30_000),
  );
}
