import type { Clock, Pacings, Rooms, Sequencer } from '../../shared/domain/ports.ts';
import { emptyRoom, type Room } from '../../shared/domain/room.ts';
import { type Calls, createCalls } from './calls.ts';
import { DAY_MS } from './log-entries.ts';

export interface InMemoryRooms extends Rooms, Sequencer, Pacings {
  /** Creates the room, or overrides what is said. */
  put(room: Partial<Room> & { roomId: string }): Room;
  get(roomId: string): Room;
}

interface InMemoryRoomsOptions {
  clock: Clock;
  retentionMs?: number;
  calls?: Calls;
}

/** Rooms and their sequencer; like the real one it keeps the floor when a silence outlived retention. */
export function createInMemoryRooms(options: InMemoryRoomsOptions): InMemoryRooms {
  const { clock, retentionMs = 30 * DAY_MS, calls = createCalls() } = options;
  const rooms = new Map<string, Room>();
  const get = (roomId: string): Room => ({ ...(rooms.get(roomId) ?? emptyRoom(roomId)) });

  function put(room: Partial<Room> & { roomId: string }): Room {
    rooms.set(room.roomId, { ...get(room.roomId), ...room });
    return get(room.roomId);
  }

  return {
    get,
    put,
    read: (roomId) => calls.through('rooms.read', () => get(roomId)),
    readMany: (roomIds) =>
      calls.through(
        'rooms.readMany',
        () => new Map(roomIds.map((roomId) => [roomId, get(roomId)])),
      ),
    save: (roomId, next, seen) =>
      calls.through('pacings.save', () => {
        if (get(roomId).pacing?.version !== seen?.version) return undefined;
        return put({ roomId, pacing: { ...next, version: (seen?.version ?? 0) + 1 } });
      }),
    grow: (roomId, shardCount) =>
      calls.through('rooms.grow', () => {
        put({ roomId, shardCount: Math.max(shardCount, get(roomId).shardCount) });
      }),
    next: (roomId) =>
      calls.through('sequencer.next', () => {
        const now = clock.now();
        const { head, headAt, createdAt, floor } = get(roomId);
        const wasSilent = head > 0 && headAt <= now - retentionMs;
        return put({
          roomId,
          head: head + 1,
          headAt: now,
          createdAt: head === 0 ? now : createdAt,
          floor: wasSilent ? head : floor,
        });
      }),
  };
}
