import type { RoomLimits } from '../../../services/messages/2-fan-out/stagger.ts';
import type { Message } from '../../../shared/domain/message.ts';
import { judgeEntries, refusedUntil, usedUntil } from '../../../shared/domain/pacing.ts';
import type { Clock } from '../../../shared/domain/ports.ts';
import { emptyRoom, type Room } from '../../../shared/domain/room.ts';
import type { Gathering } from './gathering.ts';

/** Hot rooms are flushed when their share allows, as the real decision has it. */
export function createPaced(clock: Clock, limits: RoomLimits): Gathering {
  const rooms = new Map<number, Room>();
  let version = 0;
  const roomOf = (room: number) => rooms.get(room) ?? emptyRoom(`room-${room}`);
  const freeAtOf = ({ pacing }: Room) => pacing?.freeAt ?? 0;

  function change(room: number, to: Partial<NonNullable<Room['pacing']>>): void {
    version += 1;
    const before = roomOf(room);
    const pacing = { freeAt: 0, members: 0, ...before.pacing, ...to, version };
    rooms.set(room, { ...before, pacing });
  }

  return {
    roomPostsAtOnce: limits.roomPostsAtOnce,
    judge(room, messages) {
      const state = roomOf(room);
      const { direct, schedule } = judgeEntries(state, messages, freeAtOf(state), clock.now());
      if (schedule !== undefined) {
        change(room, { pending: { id: `${room} ${version}`, ...schedule } });
      }
      return {
        direct: direct as Message[],
        ...(schedule !== undefined && { dueAt: schedule.dueAt }),
      };
    },
    beginFlush(room) {
      const { pacing } = roomOf(room);
      const { pending, ...rest } = pacing ?? { version, freeAt: 0, members: 0 };
      rooms.set(room, { ...roomOf(room), pacing: rest });
      return Math.max(pending?.from ?? 1, (rest.flushed?.through ?? 0) + 1);
    },
    posted(room, posts, flushedThrough) {
      const state = roomOf(room);
      const freeAt = usedUntil(freeAtOf(state), posts, clock.now(), limits);
      const from = state.pacing?.flushed?.from ?? 1;
      change(room, {
        freeAt,
        ...(flushedThrough !== undefined && { flushed: { from, through: flushedThrough } }),
      });
    },
    retryAfterMs: (room) => Math.max(0, refusedUntil(freeAtOf(roomOf(room)), limits) - clock.now()),
  };
}
