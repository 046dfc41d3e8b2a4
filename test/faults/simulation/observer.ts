import type { StreamRecord } from '../../../local/events/stream-record.ts';
import { readMembershipChange } from '../../../shared/aws/membership-change.ts';
import type { ServerFrame } from '../../../shared/protocol/frames.ts';
import type { Unstamped } from './application.ts';
import type { Post, Wire } from './gateway.ts';
import { createLateness } from './lateness.ts';

/** What is written down beside the applications' history: what only a simulation can see. */
export interface Observer {
  /** What the client on the other end has been told, by room. */
  readonly told: ReadonlyMap<string, Told>;
  /** The numbers that have been posted, by connection and room. */
  readonly posted: ReadonlyMap<string, ReadonlySet<number>>;
  readonly complaints: readonly Complaint[];
  readonly pulls: number;
  onSend(wire: Wire, frame: string): void;
  onReceive(wire: Wire, frame: string): void;
  onPost(post: Post): void;
  /** Looks at what has been written since the last time. */
  look(): void;
}

/** A connection in a room, as its client knows it. */
export interface Told {
  wire: Wire;
  roomId: string;
  /** The newest number that the answer to `join` or `resume` covers: what is newer has to be pushed. */
  head: number;
}

export interface Complaint {
  rule: 'stale-answer' | 'needless-pull';
  roomId: string;
  client: string;
  seq: number;
  message: string;
}

export interface ObserverOptions {
  now(): number;
  messages: readonly StreamRecord[];
  memberships: readonly StreamRecord[];
  wireOf(connectionId: string): Wire | undefined;
  record(event: Unstamped): void;
}

/** A question about a log that is under way, and what its answer must hold. */
interface Question {
  wire: Wire;
  /** By room: the position, and up to where everything was stored when it was asked. */
  rooms: Map<string, { after: number; settled: number }>;
}

export function createObserver(options: ObserverOptions): Observer {
  const { messages, memberships, record } = options;
  const told = new Map<string, Told>();
  const posted = new Map<string, Set<number>>();
  const complaints: Complaint[] = [];
  const questions = new Map<string, Question>();
  /** Connections and rooms that the client itself asked to leave. */
  const left = new Set<string>();
  const stored = new Map<string, Set<number>>();
  const settled = new Map<string, number>();
  const lateness = createLateness(options.now, complaints);
  let readMessages = 0;
  let readMemberships = 0;
  let pulls = 0;

  function look(): void {
    for (const { dynamodb } of messages.slice(readMessages)) {
      const { roomId, seq } = dynamodb.Keys as { roomId: { S: string }; seq: { N: string } };
      const seqs = stored.get(roomId.S) ?? new Set();
      stored.set(roomId.S, seqs.add(Number(seq.N)));
      let upTo = settled.get(roomId.S) ?? 0;
      while (seqs.has(upTo + 1)) upTo += 1;
      settled.set(roomId.S, upTo);
    }
    readMessages = messages.length;
    for (const change of memberships.slice(readMemberships)) {
      const { partition } = change.dynamodb.Keys as { partition: { S: string } };
      if (change.eventName !== 'REMOVE' || !partition.S.startsWith('room#')) continue;
      const { roomId, connectionId } = readMembershipChange(change);
      const wire = options.wireOf(connectionId);
      const alive =
        wire?.state === 'open' && wire.carries && !left.has(`${connectionId} ${roomId}`);
      record({ kind: 'member-removed', connectionId, roomId, alive });
    }
    readMemberships = memberships.length;
  }

  function ask(wire: Wire, id: string, positions: Record<string, number>): void {
    look();
    const rooms = Object.entries(positions).map(
      ([roomId, after]) => [roomId, { after, settled: settled.get(roomId) ?? 0 }] as const,
    );
    questions.set(`${wire.connectionId} ${id}`, { wire, rooms: new Map(rooms) });
  }

  /** An answer without `more` reaches at least as far as everything was stored when it was asked. */
  function answered(wire: Wire, id: string, roomId: string, upTo: number | undefined): void {
    const question = questions.get(`${wire.connectionId} ${id}`)?.rooms.get(roomId);
    if (question === undefined) return;
    const reached = upTo ?? question.after;
    if (reached >= question.settled) return;
    const message = `${wire.client} asked ${roomId} after ${question.after} and was answered up to ${reached}, where ${question.settled} was stored before.`;
    complaints.push({
      rule: 'stale-answer',
      roomId,
      client: wire.client,
      seq: reached + 1,
      message,
    });
  }

  return {
    told,
    posted,
    complaints,
    get pulls() {
      return pulls;
    },
    look,
    onSend(wire, frame) {
      const request = JSON.parse(frame);
      const key = (roomId: string) => `${wire.connectionId} ${roomId}`;
      if (request.action === 'leave') {
        told.delete(key(request.roomId));
        left.add(key(request.roomId));
      }
      if (request.action === 'join') left.delete(key(request.roomId));
      if (request.action === 'resume') {
        for (const roomId of Object.keys(request.rooms)) left.delete(key(roomId));
        ask(wire, request.id, request.rooms);
      }
      if (request.action === 'history' && request.after !== undefined) {
        pulls += 1;
        ask(wire, request.id, { [request.roomId]: request.after });
        lateness.onPull(wire, request.roomId, request.after);
      }
    },
    onReceive(wire, text) {
      const frame = JSON.parse(text) as ServerFrame & { id?: string };
      if (frame.type === 'joined') {
        told.set(`${wire.connectionId} ${frame.roomId}`, {
          wire,
          roomId: frame.roomId,
          head: frame.head,
        });
      } else if (frame.type === 'resumed') {
        for (const [roomId, { status, head, messages: entries }] of Object.entries(frame.rooms)) {
          if (status === 'denied') continue;
          told.set(`${wire.connectionId} ${roomId}`, { wire, roomId, head });
          lateness.onFrame(wire, roomId, head);
          if (status === 'more') lateness.onMore(wire, roomId);
          if (status === 'ok') answered(wire, frame.id ?? '', roomId, entries.at(-1)?.seq);
        }
      } else if (frame.type === 'history') {
        if (frame.more) lateness.onMore(wire, frame.roomId);
        else answered(wire, frame.id ?? '', frame.roomId, frame.messages.at(-1)?.seq);
      } else if (frame.type === 'messages') {
        const seqs = frame.messages.map(({ seq }) => seq);
        lateness.onFrame(wire, frame.roomId, frame.head, seqs);
      }
    },
    onPost({ connectionId, frame, outcome }) {
      const { type, roomId, messages: entries = [] } = JSON.parse(frame);
      const bytes = Buffer.byteLength(frame);
      record({
        kind: 'posted',
        connectionId,
        bytes,
        outcome,
        ...(roomId !== undefined && { roomId }),
      });
      if (type !== 'messages' || outcome !== 'delivered') return;
      const key = `${connectionId} ${roomId}`;
      const seqs = posted.get(key) ?? new Set();
      for (const { seq } of entries) seqs.add(seq);
      posted.set(key, seqs);
    },
  };
}
