import { requireMember } from '../../../shared/domain/admission.ts';
import { ephemeralJob } from '../../../shared/domain/ephemeral-job.ts';
import {
  type Clock,
  type DeliveryQueue,
  type Memberships,
  NO_ROOM,
} from '../../../shared/domain/ports.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { RouteMetrics } from '../../../shared/lambda/metrics.ts';
import { createNoticeRoute, type NoticeHandler } from '../../../shared/lambda/notice-route.ts';
import { typingFrame } from '../../../shared/protocol/push-frames.ts';
import { typingSchema } from '../../../shared/protocol/schemas.ts';
import type { TellTyping } from './typing.ts';

export interface TypingHandlerDependencies {
  tellTyping: TellTyping;
  memberships: Pick<Memberships, 'roomsOf'>;
  queue: DeliveryQueue;
  clock: Clock;
  log: Log;
  metrics: RouteMetrics;
}

/**
 * `typing` → a push to the others in the room, at most once. Members only. There is no reply; an
 * error takes the way of the pushes, because a one-way route returns nothing to the client.
 */
export function createTypingHandler(dependencies: TypingHandlerDependencies): NoticeHandler {
  const { tellTyping, memberships, queue, clock, log, metrics } = dependencies;
  return createNoticeRoute(
    typingSchema,
    { log, metrics },
    {
      act: async ({ roomId }, { connectionId, identity, requestedAt }) => {
        const frame = typingFrame(roomId, identity.userId);
        const notice = { roomId, connectionId, frame, receivedAt: requestedAt };
        await tellTyping(notice, requireMember(memberships, connectionId, roomId));
      },
      refuse: async (frame, { connectionId, requestedAt }) => {
        const job = { roomId: NO_ROOM, frames: [frame], connectionIds: [connectionId] };
        await queue.send([ephemeralJob(job, { causedAt: requestedAt, now: clock.now() })]);
      },
    },
  );
}
