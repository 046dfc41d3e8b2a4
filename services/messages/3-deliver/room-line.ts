/** Those who wait, in order within a room, and room by room in turn. */
export interface RoomLine<Waiting> {
  push(roomId: string, waiting: Waiting): void;
  shift(): Waiting | undefined;
  readonly isEmpty: boolean;
}

/** A hot room's many do not keep a quiet room's few waiting. */
export function createRoomLine<Waiting>(): RoomLine<Waiting> {
  /** The room whose turn it is stands first; none is empty. */
  const rooms = new Map<string, Waiting[]>();
  return {
    push(roomId, waiting) {
      const others = rooms.get(roomId);
      if (others === undefined) rooms.set(roomId, [waiting]);
      else others.push(waiting);
    },
    shift() {
      const [next] = rooms;
      if (next === undefined) return undefined;
      const [roomId, line] = next;
      const waiting = line.shift();
      rooms.delete(roomId);
      if (line.length > 0) rooms.set(roomId, line);
      return waiting;
    },
    get isEmpty() {
      return rooms.size === 0;
    },
  };
}
