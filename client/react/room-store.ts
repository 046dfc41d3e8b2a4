import type { Room, RoomState } from '../index.ts';
import type { RoomHold } from './room-hold.ts';
import { createSharedStore, type SharedStore } from './shared-store.ts';

export interface RoomStatus {
  readonly state: RoomState;
  /** The room itself, for what no hook covers; undefined until it is mounted. */
  readonly room: Room | undefined;
}

/** What is shown before the room is mounted, and on a server. */
export const OFFLINE: RoomStatus = { state: 'offline', room: undefined };

export function createRoomStore(hold: RoomHold): SharedStore<RoomStatus> {
  return createSharedStore(OFFLINE, (set) => {
    const room = hold.acquire();
    set({ state: room.state, room });
    const unsubscribe = room.on('state', ({ state }) => set({ state, room }));
    return () => {
      unsubscribe();
      hold.release();
    };
  });
}
