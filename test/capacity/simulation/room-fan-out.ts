import { createFanOut } from '../../../services/messages/2-fan-out/fan-out.ts';
import { createStagger, type StaggerLimits } from '../../../services/messages/2-fan-out/stagger.ts';
import { byteLength } from '../../../shared/domain/bytes.ts';
import type { Message } from '../../../shared/domain/message.ts';
import type { Clock, DeliveryJob } from '../../../shared/domain/ports.ts';
import { emptyRoom } from '../../../shared/domain/room.ts';
import { packFrames } from '../../../shared/protocol/wire-entry.ts';
import type { Letter } from './fair-queue.ts';
import type { Frame } from './ledger.ts';

/** A job, and in how many seconds it may be taken from the queue. */
export interface DelayedLetter {
  letter: Letter;
  delaySeconds: number;
}

/** Has the real fan-out cut a room's messages and members into jobs, and takes down who is owed what. */
export type RoomFanOut = (
  room: number,
  members: number,
  messages: readonly Message[],
) => Promise<{ letters: DelayedLetter[]; frames: number }>;

/** Nobody looks at whose ids they are. */
const PAGE = Array<string>(2_000).fill('id');

export function createRoomFanOut(clock: Clock, limits: StaggerLimits): RoomFanOut {
  return async (room, members, messages) => {
    const frames = new Map<string, Frame>();
    const fanOut = createFanOut({
      memberships: {
        async *connectionPages() {
          for (let left = members; left > 0; left -= PAGE.length) {
            yield left < PAGE.length ? PAGE.slice(0, left) : PAGE;
          }
        },
        count: async () => members,
      },
      jobs: { send: () => Promise.reject(new Error('A room in one shard has no parts.')) },
      packFrames(roomId, entries, head) {
        const packed = packFrames(roomId, entries, head);
        const sentAt = new Map(messages.map(({ seq, receivedAt }) => [seq, receivedAt]));
        for (const frame of packed) {
          const { messages: carried } = JSON.parse(frame) as { messages: { seq: number }[] };
          frames.set(frame, {
            bytes: byteLength(frame),
            sentAt: carried.map(({ seq }) => sentAt.get(seq) ?? Number.NaN),
            left: members,
          });
        }
        return packed;
      },
      limits,
      clock,
    });
    const letters: DelayedLetter[] = [];
    const delayOf = createStagger(limits);
    await fanOut(emptyRoom(`room-${room}`), messages, async (job) => {
      const delaySeconds = delayOf(job.roomId, job.frames.length * job.connectionIds.length);
      letters.push({ letter: { room, parts: partsOf(job, frames), hops: 0 }, delaySeconds });
    });
    return { letters, frames: frames.size };
  };
}

function partsOf(job: DeliveryJob, frames: ReadonlyMap<string, Frame>): Letter['parts'] {
  return job.frames.map((text) => {
    const frame = frames.get(text);
    if (frame === undefined) throw new Error('A job holds a frame that nobody packed.');
    return { frame, members: job.connectionIds.length };
  });
}
