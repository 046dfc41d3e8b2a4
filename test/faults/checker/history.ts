/** One thing that happened in a run, in the order in which it happened. */
export type HistoryEvent = { at: number } & (
  | Sending
  | Acknowledged
  | Refused
  | Entered
  | Shown
  | Reset
  | Left
  | Posted
  | MemberRemoved
  | { kind: 'fault'; fault: string; detail?: string }
);

export type EventOf<Kind extends HistoryEvent['kind']> = Extract<HistoryEvent, { kind: Kind }>;

/** A client is one application, named after its user. */
interface InRoom {
  client: string;
  roomId: string;
}

/** The application called `send`; again with the same id when it tries again itself. */
interface Sending extends InRoom {
  kind: 'sending';
  clientMessageId: string;
  text: string;
}

interface Acknowledged extends InRoom {
  kind: 'acknowledged';
  clientMessageId: string;
  seq: number;
  messageId: string;
  duplicate: boolean;
}

interface Refused extends InRoom {
  kind: 'refused';
  clientMessageId: string;
  code: string;
  retryable: boolean;
  retryAfterMs?: number;
}

/** The application's view of the room begins after this number, or begins anew. */
interface Entered extends InRoom {
  kind: 'entered';
  after: number;
}

interface Shown extends InRoom {
  kind: 'shown';
  seq: number;
  messageId: string;
  clientMessageId?: string;
  text: string;
}

/** The application was told that `after + 1` to `resumedAt` are gone. */
interface Reset extends InRoom {
  kind: 'reset';
  after: number;
  resumedAt: number;
}

/** The application's view ends: nothing is owed to it any more. */
interface Left extends InRoom {
  kind: 'left';
}

/** A frame that the gateway took, whatever it answered. */
interface Posted {
  kind: 'posted';
  connectionId: string;
  roomId?: string;
  bytes: number;
  outcome: string;
}

/** The service took a membership away, not the member. `alive` is the truth at that moment. */
interface MemberRemoved {
  kind: 'member-removed';
  connectionId: string;
  roomId: string;
  alive: boolean;
}

/** What stands in the tables when the faults are over and everybody had the time to converge. */
export interface FinalState {
  log: readonly LogRow[];
  /** The first number still kept, of rooms where retention has removed some. */
  kept?: readonly { roomId: string; from: number }[];
  members: readonly { roomId: string; connectionId: string }[];
  connections: readonly FinalConnection[];
}

export type LogRow = { roomId: string; seq: number } & (
  | { kind: 'message'; messageId: string; clientMessageId?: string; userId: string; text: string }
  | { kind: 'void' }
);

export type MessageRow = Extract<LogRow, { kind: 'message' }>;

export interface FinalConnection {
  connectionId: string;
  client: string;
  /** Whoever is alive at the end must have been shown everything. */
  alive: boolean;
  /** In which it should be a member. */
  rooms: readonly string[];
}
