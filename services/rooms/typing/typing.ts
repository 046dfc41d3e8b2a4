import { ephemeralJob } from '../../../shared/domain/ephemeral-job.ts';
import { TYPING_MAX_MEMBERS } from '../../../shared/domain/limits.ts';
import type { Clock, DeliveryQueue, Memberships, Rooms } from '../../../shared/domain/ports.ts';

export interface TypingNotice {
  roomId: string;
  /** Whose keys are heard: this connection is told nothing. */
  connectionId: string;
  /** What the others are told. */
  frame: string;
  /** When the gateway took the notice, in milliseconds since the epoch. */
  receivedAt: number;
}

export type TellTyping = (notice: TypingNotice, admission: Promise<void>) => Promise<void>;

export interface TypingDependencies {
  rooms: Pick<Rooms, 'read'>;
  memberships: Pick<Memberships, 'membersUpTo'>;
  queue: DeliveryQueue;
  clock: Clock;
}

/**
 * Tells the others in a room, best effort, unless the room is too large for it.
 *
 * @param admission whether the sender may; it is awaited together with the room.
 */
export function createTyping({ rooms, memberships, queue, clock }: TypingDependencies): TellTyping {
  return async ({ roomId, connectionId, frame, receivedAt }, admission) => {
    const [{ shardCount }] = await Promise.all([rooms.read(roomId), admission]);
    // One more than is allowed tells that there are too many.
    const members = await memberships.membersUpTo(roomId, shardCount, TYPING_MAX_MEMBERS + 1);
    if (members.length > TYPING_MAX_MEMBERS) return;
    const others = members.map((member) => member.connectionId).filter((id) => id !== connectionId);
    if (others.length === 0) return;
    const job = { roomId, frames: [frame], connectionIds: others };
    await queue.send([ephemeralJob(job, { causedAt: receivedAt, now: clock.now() })]);
  };
}
