/** Room ids as they may appear in frames, paths and keys. They contain neither `#` nor `/`. */
export const ROOM_ID_PATTERN = /^[A-Za-z0-9_.:-]{1,128}$/;

/** The state of a room that is read and counted up in one place. Times in milliseconds. */
export interface Room {
  roomId: string;
  /** The last number given out; 0 before the first message. */
  head: number;
  /** When `head` was given out. */
  headAt: number;
  /** When the first number was given out. */
  createdAt: number;
  /** Every number up to here has outlived its retention. */
  floor: number;
  /** Over how many partitions the members are spread. */
  shardCount: number;
}

export function emptyRoom(roomId: string): Room {
  return { roomId, head: 0, headAt: 0, createdAt: 0, floor: 0, shardCount: 1 };
}
