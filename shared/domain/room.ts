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
  /** Absent in a room that never posted more than its share. */
  pacing?: RoomPacing;
}

/** A flush that is scheduled: its job is in the queue, and reads the log only after the mark is gone. */
export interface FlushMark {
  /** Of the job. */
  id: string;
  /** The lowest number that is left to it. */
  from: number;
  dueAt: number;
}

/** A flush that has begun: it reads all that had been stored when it wrote that version. */
export interface FlushBeginning {
  /** Of the job, which is in the queue until all is enqueued. */
  id: string;
  /** The lowest number that it reads. */
  from: number;
  at: number;
  version: number;
}

/** How a hot room is paced. */
export interface RoomPacing {
  /** Counts the writes: each is conditional on the one that it has seen. */
  version: number;
  pending?: FlushMark;
  /** The last flush that has begun, whether it has ended or not. */
  begun?: FlushBeginning;
  /** A run of numbers all of which are settled, and were fanned out by flushes. */
  flushed?: { from: number; through: number };
  /** When the room's posts so far have used up its share of what the stack may post. */
  freeAt: number;
  /** At the last flush. */
  members: number;
  /** How many entries as long as those then fit a frame. */
  perFrame?: number;
}

export function emptyRoom(roomId: string): Room {
  return { roomId, head: 0, headAt: 0, createdAt: 0, floor: 0, shardCount: 1 };
}
