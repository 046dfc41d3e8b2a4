/**
 * A small honest server: one log per room, members per connection, the answers of the protocol. What
 * lies between it and the client is a transport that delays, drops, duplicates, reorders and cuts.
 */
import type { WebSocketConstructor } from '../../../client/socket.ts';
import type { Clock } from '../../../client/types.ts';
import type { ClientFrame, WireEntry, WireMessage } from '../../../shared/protocol/frames.ts';
import { createFakeSocket, type FakeSocket } from './fake-socket.ts';

export interface Transport {
  /** How long a frame is under way, in milliseconds; drawn per frame, so frames overtake. */
  delayMs: (frame: object) => number;
  /** How many times a frame to the client arrives. */
  copies: (frame: object) => number;
  /** How many times a frame to the server arrives. */
  copiesUp: (frame: object) => number;
  /** How the handshake ends. */
  handshake: 'open' | 'refuse' | 'hang';
}

export interface FakeServer {
  readonly WebSocket: WebSocketConstructor;
  readonly transport: Transport;
  /** Every socket dialled, the closed ones too. */
  readonly sockets: FakeSocket[];
  readonly open: FakeSocket[];
  /** Frames received, in order. */
  readonly received: (ClientFrame & { on: FakeSocket })[];
  /** Answered with this instead, if it says so. */
  refuse: (frame: ClientFrame) => object | undefined;
  publish(roomId: string, text?: string): WireMessage;
  skip(roomId: string): void;
  /** A number that is given out but not stored before `settle`. */
  reserve(roomId: string): { settle(text?: string): void };
  push(roomId: string, entries: WireEntry[]): void;
  /** Retention removes everything up to a number. */
  trim(roomId: string, upTo: number): void;
  /** A crash that loses the end of a log. */
  rewind(roomId: string, head: number): void;
  log(roomId: string): readonly WireEntry[];
  head(roomId: string): number;
  members(roomId: string): FakeSocket[];
  evict(roomId: string): void;
  /** Ends every open connection, with or without a close frame. */
  cut(how?: 'close' | 'vanish'): void;
  toAll(frame: object): void;
  denied: Set<string>;
}

const PAGE_MAX = 100;

interface RoomModel {
  log: Map<number, WireEntry>;
  head: number;
  trimmed: number;
  members: Set<FakeSocket>;
  receipts: Map<string, WireMessage>;
}

export function createFakeServer(clock: Clock): FakeServer {
  const rooms = new Map<string, RoomModel>();
  const sockets: FakeSocket[] = [];
  const received: FakeServer['received'] = [];
  const transport: Transport = {
    delayMs: () => 5,
    copies: () => 1,
    copiesUp: () => 1,
    handshake: 'open',
  };

  function room(roomId: string): RoomModel {
    let model = rooms.get(roomId);
    if (model === undefined) {
      model = { log: new Map(), head: 0, trimmed: 0, members: new Set(), receipts: new Map() };
      rooms.set(roomId, model);
    }
    return model;
  }

  function deliver(socket: FakeSocket, frame: object): void {
    for (let copy = 0; copy < transport.copies(frame); copy += 1) {
      clock.after(transport.delayMs(frame), () => socket.receive(JSON.stringify(frame)));
    }
  }

  function push(roomId: string, messages: WireEntry[]): void {
    const { head, members } = room(roomId);
    for (const socket of members) deliver(socket, { type: 'messages', roomId, messages, head });
  }

  function store(roomId: string, seq: number, content: Partial<WireMessage>): WireMessage {
    const { log } = room(roomId);
    const sentAt = new Date(clock.now()).toISOString();
    const message = { seq, messageId: `${roomId}-${seq}`, userId: 'bob', text: `${seq}`, sentAt };
    log.set(seq, { ...message, ...content });
    return { ...message, ...content };
  }

  function settledAfter(model: RoomModel, after: number, limit: number) {
    const entries: WireEntry[] = [];
    let seq = Math.max(after, model.trimmed);
    while (entries.length < limit) {
      const entry = model.log.get(seq + 1);
      if (entry === undefined) break;
      entries.push(entry);
      seq += 1;
    }
    return { entries, more: model.log.has(seq + 1) };
  }

  function settledBefore(model: RoomModel, before: number, limit: number) {
    const all = settledAfter(model, 0, Number.POSITIVE_INFINITY).entries;
    const below = all.filter(({ seq }) => seq < before);
    return { entries: below.slice(-limit), more: below.length > limit };
  }

  function answer(frame: ClientFrame, socket: FakeSocket): object | undefined {
    const refused = server.refuse(frame);
    if (refused !== undefined) return refused;
    const notMember = { type: 'error', code: 'NOT_A_MEMBER', message: '', retryable: false };
    switch (frame.action) {
      case 'join': {
        const model = room(frame.roomId);
        if (server.denied.has(frame.roomId)) {
          return { type: 'error', code: 'FORBIDDEN', message: '', retryable: false };
        }
        model.members.add(socket);
        const { head } = model;
        return { type: 'joined', roomId: frame.roomId, head, count: model.members.size };
      }
      case 'resume':
        return {
          type: 'resumed',
          rooms: Object.fromEntries(
            Object.entries(frame.rooms).map(([roomId, since]) => [roomId, resume(roomId, since)]),
          ),
        };
      case 'leave':
        room(frame.roomId).members.delete(socket);
        return { type: 'left', roomId: frame.roomId };
      case 'ping': {
        const named = Object.keys(frame.rooms ?? {}).filter((id) => room(id).members.has(socket));
        const heads = Object.fromEntries(named.map((id) => [id, room(id).head]));
        return { type: 'pong', time: '', heads };
      }
      case 'history': {
        const { roomId, before, after, limit = 50 } = frame;
        const model = room(roomId);
        if (!model.members.has(socket)) return notMember;
        const { entries, more } =
          after === undefined
            ? settledBefore(model, before ?? model.head + 1, limit)
            : settledAfter(model, after, limit);
        return { type: 'history', roomId, messages: entries, head: model.head, more };
      }
      case 'presence':
        return { type: 'presence', roomId: frame.roomId, count: 1, users: ['ann'] };
      case 'send': {
        const { roomId, text, data, clientMessageId = '' } = frame;
        const model = room(roomId);
        if (!model.members.has(socket)) return notMember;
        const earlier = model.receipts.get(clientMessageId);
        const stored =
          earlier ??
          append(roomId, {
            text,
            userId: 'ann',
            clientMessageId,
            ...(data === undefined ? {} : { data }),
          });
        model.receipts.set(clientMessageId, stored);
        const { seq, messageId, sentAt } = stored;
        const duplicate = earlier !== undefined;
        return { type: 'sent', roomId, seq, messageId, sentAt, clientMessageId, duplicate };
      }
      default:
        return undefined;
    }

    function resume(roomId: string, since: number) {
      const model = room(roomId);
      const { head } = model;
      if (server.denied.has(roomId)) return { status: 'denied', messages: [], head: 0 };
      model.members.add(socket);
      if (since > head || since < model.trimmed) return { status: 'reset', messages: [], head };
      const { entries, more } = settledAfter(model, since, PAGE_MAX);
      return { status: more ? 'more' : 'ok', messages: entries, head };
    }
  }

  function append(roomId: string, content: Partial<WireMessage>): WireMessage {
    const model = room(roomId);
    model.head += 1;
    const message = store(roomId, model.head, content);
    push(roomId, [message]);
    return message;
  }

  const server: FakeServer = {
    transport,
    sockets,
    received,
    refuse: () => undefined,
    denied: new Set(),
    get open() {
      return sockets.filter(({ readyState }) => readyState === 'open');
    },
    WebSocket: function connect(url: string, protocols?: string[]) {
      const socket = createFakeSocket({
        url,
        protocols: protocols ?? [],
        onSend(data) {
          const frame: ClientFrame = JSON.parse(data);
          for (let copy = 0; copy < transport.copiesUp(frame); copy += 1) {
            clock.after(transport.delayMs(frame), () => {
              if (socket.readyState !== 'open') return;
              received.push({ ...frame, on: socket });
              const reply = answer(frame, socket);
              if (reply !== undefined) deliver(socket, { ...reply, id: frame.id });
            });
          }
        },
        onClosed() {
          for (const { members } of rooms.values()) members.delete(socket);
        },
      });
      sockets.push(socket);
      const { handshake } = transport;
      if (handshake !== 'hang') {
        clock.after(transport.delayMs({}), () => {
          if (handshake === 'open') socket.accept();
          else socket.shut(1006);
        });
      }
      return socket;
    } as unknown as WebSocketConstructor,
    publish: (roomId, text) => append(roomId, text === undefined ? {} : { text }),
    skip(roomId) {
      const model = room(roomId);
      model.head += 1;
      model.log.set(model.head, { seq: model.head, kind: 'void' });
      push(roomId, [{ seq: model.head, kind: 'void' }]);
    },
    reserve(roomId) {
      const model = room(roomId);
      model.head += 1;
      const seq = model.head;
      return {
        settle: (text) => push(roomId, [store(roomId, seq, text === undefined ? {} : { text })]),
      };
    },
    push,
    trim(roomId, upTo) {
      const model = room(roomId);
      model.trimmed = Math.max(model.trimmed, upTo);
      for (const seq of model.log.keys()) if (seq <= upTo) model.log.delete(seq);
    },
    rewind(roomId, head) {
      const model = room(roomId);
      model.head = head;
      for (const seq of model.log.keys()) if (seq > head) model.log.delete(seq);
      for (const [id, { seq }] of model.receipts) if (seq > head) model.receipts.delete(id);
    },
    log: (roomId) => [...room(roomId).log.values()].sort((a, b) => a.seq - b.seq),
    head: (roomId) => room(roomId).head,
    members: (roomId) => [...room(roomId).members],
    evict: (roomId) => room(roomId).members.clear(),
    cut(how = 'close') {
      for (const socket of this.open) socket.shut(how === 'close' ? 1001 : 1006);
    },
    toAll(frame) {
      for (const socket of this.open) deliver(socket, frame);
    },
  };
  return server;
}
