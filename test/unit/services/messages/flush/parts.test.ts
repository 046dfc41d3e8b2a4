import { beforeEach, describe, expect, it } from '@jest/globals';
import { createFanOut } from '../../../../../services/messages/2-fan-out/fan-out.ts';
import { createFlushHandler } from '../../../../../services/messages/flush/handler.ts';
import { createTellPart } from '../../../../../services/messages/flush/tell-part.ts';
import { decodeRoomJob, encodeRoomJob } from '../../../../../shared/aws/room-job.ts';
import type { PartJob } from '../../../../../shared/domain/ports.ts';
import { packFrames } from '../../../../../shared/protocol/wire-entry.ts';
import { NOON } from '../../../../support/fake-clock.ts';
import { createInMemoryChat, type InMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aMessage } from '../../../../support/log-entries.ts';
import { aLambdaContext, anSqsEvent, anSqsRecord } from '../../../../support/sqs-events.ts';

const everybody = Array.from({ length: 40 }, (_, index) => `c${index + 10}`);
const partLimits = { shardsMax: 2, shardsPerPart: 2 };
/** Two shards hold 10,000 members, so a part is taken in 2.5 s. */
const limits = { roomPostsAtOnce: 4_000 };
let chat: InMemoryChat;

beforeEach(async () => {
  chat = createInMemoryChat();
  chat.rooms.put({ roomId: 'stadium', shardCount: 5 });
  await chat.admit('stadium', ...everybody);
});

/** The fan-out of one message: what it reports, and what it leaves to others. */
async function fanOut() {
  const message = aMessage({ roomId: 'stadium', seq: 1 });
  const toAll = createFanOut({ ...chat, packFrames, partLimits, limits });
  const report = await toAll(chat.rooms.get('stadium'), [message], async () => {
    throw new Error('A very large room is told by others.');
  });
  return { report, parts: chat.jobs.queued.map(({ job }) => job as PartJob) };
}

function flush(...parts: PartJob[]) {
  const handle = createFlushHandler({
    ...chat,
    flush: () => Promise.reject(new Error('There is no flush.')),
    tellPart: createTellPart({ ...chat, limits }),
    readJob: decodeRoomJob,
    log: chat.logger,
  });
  const records = parts.map((part, index) => anSqsRecord(encodeRoomJob(part), `part-${index}`));
  return handle(anSqsEvent(...records), aLambdaContext());
}

const told = () =>
  chat.queue
    .take()
    .flatMap(({ job }) => job.connectionIds)
    .toSorted();

describe('a room of more shards than one invocation should read', () => {
  it('is left to others in parts, which together are all of it', async () => {
    const { report, parts } = await fanOut();

    expect(report).toEqual({ seqs: [1, 1], members: everybody.length, frames: 1 });
    expect(parts.map(({ shards }) => shards)).toEqual([
      { first: 0, end: 2 },
      { first: 2, end: 4 },
      { first: 4, end: 5 },
    ]);
    expect(chat.jobs.queued.map(({ delaySeconds }) => delaySeconds)).toEqual([0, 2, 5]);
    expect(parts[0]).toMatchObject({
      kind: 'part',
      seqs: [1, 1],
      oldestReceivedAt: NOON,
      fannedOutAt: NOON,
    });
  });

  it.each(['roomJobs.send', 'memberships.count'])(
    'fails, to be repeated, when %s fails',
    async (call) => {
      chat.calls.failNext(call);

      await expect(fanOut()).rejects.toThrow();
    },
  );
});

describe('the parts of a room', () => {
  it('reach every member exactly once', async () => {
    const { parts } = await fanOut();

    expect(await flush(...parts)).toEqual({ batchItemFailures: [] });
    const jobs = chat.queue.take().map(({ job }) => job);
    expect(jobs.flatMap(({ connectionIds }) => connectionIds).toSorted()).toEqual(everybody);
    expect(jobs.map(({ seqs }) => seqs)).toEqual(jobs.map(() => [1, 1]));
    expect(chat.metrics.blobs).toContainEqual(expect.objectContaining({ parts: 3, jobs: 3 }));
  });

  it.each(['memberships.connectionPages', 'queue.send'])(
    'are repeated one by one when %s fails',
    async (call) => {
      const { parts } = await fanOut();
      chat.calls.failNext(call);

      const { batchItemFailures } = await flush(...parts);
      const failed = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
      expect(failed).toHaveLength(1);
      const missed = Number(failed[0]?.slice('part-'.length));
      await flush(...parts.slice(missed, missed + 1));
      expect(told()).toEqual(everybody);
    },
  );
});
