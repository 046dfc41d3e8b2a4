import { PRESENCE_MAX_USERS } from '../../../shared/domain/limits.ts';
import type { Memberships, Rooms } from '../../../shared/domain/ports.ts';

export interface Presence {
  /** Members of the room: its connections. A user with two tabs counts twice and is listed once. */
  count: number;
  /** The first 200 user ids, sorted. */
  users: string[];
}

export type ReadPresence = (roomId: string, admission: Promise<void>) => Promise<Presence>;

/** @param admission whether the reader may; it is awaited together with the room. */
export function createReadPresence({
  rooms,
  memberships,
}: {
  rooms: Pick<Rooms, 'read'>;
  memberships: Pick<Memberships, 'pages'>;
}): ReadPresence {
  return async (roomId, admission) => {
    const [{ shardCount }] = await Promise.all([rooms.read(roomId), admission]);
    let count = 0;
    let users = new Set<string>();
    for await (const page of memberships.pages(roomId, shardCount)) {
      count += page.length;
      for (const { userId } of page) users.add(userId);
      // Only the first are shown: memory does not grow with the room.
      if (users.size > PRESENCE_MAX_USERS) users = new Set(firstUsers(users));
    }
    return { count, users: firstUsers(users) };
  };
}

const firstUsers = (users: Set<string>) => [...users].sort().slice(0, PRESENCE_MAX_USERS);
