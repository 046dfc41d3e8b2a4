import type { Clock, Memberships } from '../../../shared/domain/ports.ts';
import type { Room } from '../../../shared/domain/room.ts';

/** Up to here every join counts; an answer of one read unit for 37 members. */
export const COUNT_EXACT_MAX_MEMBERS = 1_000;

/** For so long an environment remembers how many members a larger room has. */
export const COUNT_LIFETIME_MS = 5_000;

/** Large rooms of one environment; the oldest count is forgotten first. */
const REMEMBERED_ROOMS_MAX = 100;

/**
 * How many members a room has. Ten thousand who come back to a room, and each counts all others,
 * would read a hundred million rows: a large room is counted every few seconds instead.
 */
export function createCountMembers({
  memberships,
  clock,
}: {
  memberships: Pick<Memberships, 'count'>;
  clock: Clock;
}) {
  const remembered = new Map<string, { members: number; until: number }>();

  return async ({ roomId, shardCount }: Room): Promise<number> => {
    const known = remembered.get(roomId);
    if (known !== undefined && clock.now() < known.until) return known.members;
    remembered.delete(roomId);
    const members = await memberships.count(roomId, shardCount);
    if (members <= COUNT_EXACT_MAX_MEMBERS) return members;
    remembered.set(roomId, { members, until: clock.now() + COUNT_LIFETIME_MS });
    for (const oldest of remembered.keys()) {
      if (remembered.size <= REMEMBERED_ROOMS_MAX) break;
      remembered.delete(oldest);
    }
    return members;
  };
}
