import { createAnnounce } from '../../../../../services/rooms/announce/announce.ts';
import { createAnnounceHandler } from '../../../../../services/rooms/announce/handler.ts';
import { readMembershipChange } from '../../../../../shared/aws/membership-change.ts';
import type { PresencePush } from '../../../../../shared/protocol/frames.ts';
import { presenceFrames } from '../../../../../shared/protocol/push-frames.ts';
import { createInMemoryChat } from '../../../../support/in-memory-chat.ts';
import { aMembershipRecord } from '../../../../support/membership-events.ts';

type Record = ReturnType<typeof aMembershipRecord>;

export const NOTHING_FAILED = { batchItemFailures: [] };

/** The announcer as `lambda.ts` composes it, on the world in memory, and people who come and go. */
export function anAnnouncer() {
  const chat = createInMemoryChat();
  const handle = createAnnounceHandler({
    ...chat,
    announce: createAnnounce({ ...chat, presenceFrames }),
    readChange: readMembershipChange,
    log: chat.logger,
  });
  const expiresAt = chat.clock.now() + 2 * 60 * 60 * 1_000;
  return {
    chat,
    /** A user's connection joins the room, a millisecond after whoever came before. */
    async comes(userId: string, connectionId = `c-${userId}`, roomId = 'lobby'): Promise<Record> {
      chat.clock.advance(1);
      const membership = { connectionId, userId, roomId, joinedAt: chat.clock.now(), expiresAt };
      await chat.memberships.join(membership, 1);
      return aMembershipRecord({ kind: 'joined', connectionId, userId, roomId });
    },
    async goes(userId: string, connectionId = `c-${userId}`, roomId = 'lobby'): Promise<Record> {
      await chat.memberships.leave(connectionId, roomId);
      return aMembershipRecord({ kind: 'left', connectionId, userId, roomId });
    },
    announce: (...Records: unknown[]) => handle({ Records }),
    jobs: () => chat.queue.queued.map(({ job }) => job),
    /** What the members have been told since the last look. */
    told: () =>
      chat.queue
        .take()
        .flatMap(({ job }) => job.frames.map((frame): PresencePush => JSON.parse(frame))),
  };
}
