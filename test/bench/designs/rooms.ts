import { createMemberships } from '../../../shared/aws/memberships-table.ts';
import { systemClock } from '../../../shared/lambda/time.ts';
import { connectionIdOf, fillMembers } from '../../support/fill-members.ts';
import type { BenchEngines } from '../engines.ts';
import { createBaselineTables, putConnections } from './baseline-tables.ts';

/** A room whose members nobody shares with another room. */
export interface BenchRoom {
  roomId: string;
  size: number;
  firstIndex: number;
}

/** Of a hundred members, one has gone without a word. */
const GONE_SHARE = 0.01;

/** Connections in other rooms: a scan reads them too. */
const OTHERS = 10_000;
const OTHERS_FIRST_INDEX = 1_000_000;

export function roomsOf(sizes: readonly number[]): BenchRoom[] {
  let firstIndex = 0;
  return sizes.map((size) => {
    const room = { roomId: `room-of-${size}`, size, firstIndex };
    firstIndex += size;
    return room;
  });
}

export const indexesOf = ({ size, firstIndex }: BenchRoom): number[] =>
  Array.from({ length: size }, (_, index) => firstIndex + index);

/** The last ones of a room. */
export const goneOf = (room: BenchRoom): number[] =>
  indexesOf(room).slice(room.size - Math.floor(room.size * GONE_SHARE));

/** Senders join past the function that would spread the room. */
const IN_ONE_SHARD = { shardMembersMax: Number.POSITIVE_INFINITY };

/** Fills the tables of all designs with the same rooms, and with connections elsewhere. */
export async function fillRooms(
  engines: BenchEngines,
  rooms: readonly BenchRoom[],
  onProgress: (line: string) => void,
): Promise<void> {
  await createBaselineTables(engines);
  onProgress('filling the tables');
  for (const room of rooms) {
    await putConnections(engines, room.roomId, indexesOf(room));
    const connectionIds = indexesOf(room).map(connectionIdOf);
    await fillMembers(engines, room.roomId, connectionIds, { ...IN_ONE_SHARD, onProgress });
    await join(engines, room, indexesOf(room).slice(0, 5));
  }
  const others = Array.from({ length: OTHERS }, (_, index) => OTHERS_FIRST_INDEX + index);
  await putConnections(engines, 'elsewhere', others);
}

/** Those who have gone stand in the tables again, as if they had gone since the last message. */
export async function restoreGone(engines: BenchEngines, room: BenchRoom): Promise<void> {
  const gone = goneOf(room);
  await putConnections(engines, room.roomId, gone);
  await join(engines, room, gone);
}

/** With both sides of the membership, as senders need it, and those who are to be removed. */
async function join(engines: BenchEngines, { roomId }: BenchRoom, indexes: readonly number[]) {
  const table = engines.names.MEMBERSHIPS_TABLE;
  const memberships = createMemberships({ client: engines.client, table, clock: systemClock });
  const joinedAt = Date.now();
  for (const index of indexes) {
    const member = { connectionId: connectionIdOf(index), userId: `user-${index}`, roomId };
    await memberships.join({ ...member, joinedAt, expiresAt: joinedAt + 3_600_000 }, 1);
  }
}
