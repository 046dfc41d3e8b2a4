/**
 * What the use cases need of the outside world. `shared/aws` implements these against the real
 * services; tests and simulations implement them otherwise. Every method may throw a `ChatError`
 * with code `UNAVAILABLE` when the service stays out of reach after bounded retries.
 */
import type { Message, StoredEntry } from './message.ts';
import type { FlushMark, Room, RoomPacing } from './room.ts';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Rooms {
  /** Strongly consistent. A room that nobody has written to yet is an empty room. */
  read(roomId: string): Promise<Room>;
  /** Strongly consistent heads of up to 50 rooms. */
  readMany(roomIds: readonly string[]): Promise<Map<string, Room>>;
  /** Spreads those who join from now on over more shards; a room that has as many stays as it is. */
  grow(roomId: string, shardCount: number): Promise<void>;
}

export interface Pacings {
  /**
   * Writes how a room is paced, unless somebody has written it since `seen` was read: one atomic
   * write. A write that comes late, when its sender has given up, changes nothing either.
   *
   * @returns the room as it stands after it, its head included; undefined when somebody was faster
   */
  save(
    roomId: string,
    next: Omit<RoomPacing, 'version'>,
    seen: RoomPacing | undefined,
  ): Promise<Room | undefined>;
}

export interface Sequencer {
  /**
   * Gives out the room's next number, which is the `head` of the room returned; one atomic write.
   * A repeated request takes another number: the first is then a hole, for readers to seal.
   *
   * @param signal gives up when it fires
   * @throws ChatError `RATE_LIMITED` when the room has taken as many as one row can give, or when what
   * it has taken would wait longer than it may to be posted; then no number was given out
   */
  next(roomId: string, signal?: AbortSignal): Promise<Room>;
}

/** One page of stored entries, expired ones included, in the order that was asked for. */
export interface LogPage {
  rows: StoredEntry[];
  /** The store holds no row beyond the last one returned, in the direction asked. */
  exhausted: boolean;
}

export interface MessageLog {
  /** Rows with seq >= `from`, ascending; strongly consistent. */
  readForward(roomId: string, from: number, limit: number): Promise<LogPage>;
  /** Rows with seq <= `from`, descending; strongly consistent. */
  readBackward(roomId: string, from: number, limit: number): Promise<LogPage>;
  /**
   * Puts a void entry unless something stands at its number already, and returns what stands there
   * afterwards.
   */
  seal(entry: StoredEntry): Promise<StoredEntry>;
}

/** The receipt of a message that is stored already. */
export interface Receipt {
  seq: number;
  messageId: string;
  sentAt: number;
}

export type AppendResult =
  | { outcome: 'stored' }
  /** This client message id has been stored under another number. */
  | { outcome: 'already-stored'; receipt: Receipt }
  /** The number has been sealed meanwhile: take another. */
  | { outcome: 'number-taken' };

export interface MessageStore {
  /** The receipt of a client message id, if it was stored within the receipt's lifetime. */
  findReceipt(
    roomId: string,
    userId: string,
    clientMessageId: string,
  ): Promise<Receipt | undefined>;
  /**
   * Stores a message, and its receipt when it has a client message id, both or neither. Repeating
   * the call after a lost reply is safe: finding one's own message there is a success.
   *
   * @param signal begins no further attempt when it has fired, and waits for none
   * @throws ChatError `CONFLICT` or `RATE_LIMITED`; the message may be stored all the same
   */
  append(message: Message, expiresAt: number, signal?: AbortSignal): Promise<AppendResult>;
}

export interface Member {
  connectionId: string;
  userId: string;
}

export interface PresentMember extends Member {
  joinedAt: number;
}

export interface Membership extends PresentMember {
  roomId: string;
  expiresAt: number;
}

/** A connection that became, or is no longer, a member of a room. */
export interface MembershipChange extends Member {
  kind: 'joined' | 'left';
  roomId: string;
}

/** Shards of a room: `first` … `end` - 1. */
export interface Shards {
  first: number;
  end: number;
}

export interface Memberships {
  /**
   * Both sides of the membership or neither; joining twice is not an error, and leaves the membership
   * in its shard even if the room has grown meanwhile.
   */
  join(membership: Membership, shardCount: number): Promise<void>;
  /** Both sides or neither; leaving a room one is not in is not an error. */
  leave(connectionId: string, roomId: string): Promise<void>;
  /** Strongly consistent: which of these rooms (up to 50) the connection is a member of. */
  roomsOf(connectionId: string, roomIds: readonly string[]): Promise<Set<string>>;
  /** Members whose membership has not expired, page by page, all shards. */
  pages(roomId: string, shardCount: number): AsyncIterable<Member[]>;
  /**
   * At most `max` members, and no more of the room than that is read: for what is switched off in
   * larger rooms.
   */
  membersUpTo(roomId: string, shardCount: number, max: number): Promise<PresentMember[]>;
  /**
   * Connection ids only, as the fan-out needs them: strongly consistent, and in pages small enough for
   * the first to come soon.
   */
  connectionPages(roomId: string, shards: Shards): AsyncIterable<string[]>;
  count(roomId: string, shardCount: number): Promise<number>;
  /** Removes the connections from every room they are in. Idempotent. */
  removeConnections(connectionIds: readonly string[]): Promise<void>;
}

export interface Connection {
  connectionId: string;
  userId: string;
  connectedAt: number;
}

export interface Connections {
  add(connection: Connection): Promise<void>;
  /** Idempotent. */
  remove(connectionIds: readonly string[]): Promise<void>;
  /** When each of these connections was opened; unknown ones are absent. */
  connectedAt(connectionIds: readonly string[]): Promise<Map<string, number>>;
  /**
   * Reads on through all connections, in no order, expired ones included until they are deleted. A
   * page holds at most `limit` of them.
   *
   * @param after the `next` of the page before; absent at the start.
   */
  page(limit: number, after?: string): Promise<ConnectionPage>;
}

export interface ConnectionPage {
  connections: Pick<Connection, 'connectionId' | 'connectedAt'>[];
  /** Absent: this was the last page. */
  next?: string;
}

/** What became of one frame on its way to one connection. */
export type PostOutcome =
  | 'delivered'
  /** The connection does not exist (any more, or not yet while `$connect` runs). */
  | 'gone'
  /** The account's rate or the socket's buffer is exhausted: later. */
  | 'throttled'
  | 'too-large'
  /** The gateway will never take this: a malformed connection id. */
  | 'rejected'
  /** 5xx, 403, timeout, network: later. */
  | 'failed';

export interface Poster {
  post(connectionId: string, frame: string): Promise<PostOutcome>;
}

export interface Closer {
  /**
   * Closes a connection from our side, so that its client comes back and resumes. Never throws.
   *
   * @returns whether the connection is gone now; one that was gone already is.
   */
  close(connectionId: string): Promise<boolean>;
}

/** Work for the delivery consumer: frames of one room for some of its members, in order. */
export interface DeliveryJob {
  /** Jobs of one room share the queue fairly with those of others; {@link NO_ROOM} is one more. */
  roomId: string;
  frames: string[];
  /** The first and the last number that was fanned out with these frames; absent: no messages. */
  seqs?: readonly [first: number, last: number];
  connectionIds: string[];
  /** How often the remainder of this job has gone back to the queue. */
  hops: number;
  /**
   * In how many deliveries in a row these connections, and each of them alone, refused everything
   * while others took theirs. Absent: in none.
   */
  strikes?: number;
  /** `receivedAt` of the oldest message in the frames. */
  oldestReceivedAt: number;
  fannedOutAt: number;
  /** Best effort and worth nothing later: posted once while it is fresh, and never enqueued again. */
  ephemeral?: true;
}

/**
 * Stands for the room in jobs that concern connections rather than members. No room can have this
 * id, so that such a backlog is nobody's but its own.
 */
export const NO_ROOM = '#no-room';

export interface DeliveryQueue {
  /**
   * Enqueues all jobs, in as few requests as fit.
   *
   * @throws when any of them could not be enqueued after bounded retries; some may have been.
   */
  send(jobs: readonly DeliveryJob[], delaySeconds?: number): Promise<void>;
}

/** To read the log of a hot room from there on, and to fan out in one go what is new. */
export interface FlushJob extends FlushMark {
  kind: 'flush';
  roomId: string;
  /**
   * The version of the room's pacing that was read before it was enqueued, 0 for none: all that was
   * left to it had been stored by then, unless its mark tells otherwise. Absent: nobody knows.
   */
  seen?: number;
}

/** To make delivery jobs of what is packed already, for the members in a part of a very large room. */
export interface PartJob
  extends Pick<DeliveryJob, 'roomId' | 'frames' | 'seqs' | 'oldestReceivedAt' | 'fannedOutAt'> {
  kind: 'part';
  shards: Shards;
}

/** Work for the flush function, by its kind. */
export type RoomJob = FlushJob | PartJob;

export interface RoomJobQueue {
  /** @throws when it is not certain that the job was enqueued */
  send(job: RoomJob, delaySeconds?: number): Promise<void>;
}

/** Where a poison record goes, with the reason, so that it blocks nothing and is not lost. */
export interface DeadLetters {
  add(letter: { reason: string; record: unknown }): Promise<void>;
}
