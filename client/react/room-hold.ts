import type { ChatClient, Room } from '../index.ts';

/** The one subscription to a room, shared by everything that shows it. */
export interface RoomHold {
  /** The room while it is held, or while messages sent there are not acknowledged. */
  readonly room: Room | undefined;
  acquire(): Room;
  release(): void;
}

/**
 * Joins with the first holder. Leaves with the last one, but not before the outbox is empty: leaving
 * gives up what waits, and whoever turns to another room right after sending must not lose that.
 */
export function createRoomHold(roomId: string, client: () => ChatClient): RoomHold {
  let room: Room | undefined;
  let holders = 0;
  let stopWatching = () => {};

  function leaveIfDone(): void {
    if (holders > 0 || room === undefined || room.outbox.length > 0) return;
    const done = room;
    room = undefined;
    stopWatching();
    done.leave();
  }

  return {
    get room() {
      return room;
    },
    acquire() {
      if (room === undefined || room.state === 'left') {
        stopWatching();
        room = client().room(roomId);
        stopWatching = room.on('outbox', leaveIfDone);
      }
      holders += 1;
      return room;
    },
    release() {
      holders -= 1;
      leaveIfDone();
    },
  };
}
