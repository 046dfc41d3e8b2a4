import { ChatClient } from '../../../client/chat-client.ts';
import { history } from '../../../client/history.ts';
import { keepIn } from '../../../client/keep-in.ts';
import type { WebSocketConstructor, WebSocketLike } from '../../../client/socket.ts';
import type { ChatClientOptions, ChatError, Clock, Room, Sent } from '../../../client/types.ts';
import type { HistoryEvent } from '../checker/history.ts';
import type { Chance } from './chance.ts';
import type { Page } from './final-state.ts';

/** Somebody who uses the client library, on a device that may lose its power. */
export interface Application {
  readonly name: string;
  readonly rooms: ReadonlySet<string>;
  open(roomId: string): void;
  leave(roomId: string): void;
  send(roomId: string, clientMessageId: string, text: string): void;
  /** Reads the newest messages of a room, back to its beginning as a rule. */
  look(roomId: string): void;
  /** The power fails, and comes back: only what was stored is left. */
  restart(): void;
  close(): void;
  /** What arrives on a connection, before the library sees it. */
  hears(frame: string): void;
}

export interface ApplicationOptions {
  name: string;
  time: Clock;
  chance: Chance;
  maxAgeMs: number;
  dial(): WebSocketLike;
  /** Differs from the defaults where the library is to be broken. */
  clientOptions?: Partial<ChatClientOptions> | undefined;
  record(event: Unstamped): void;
  onPage(page: Page): void;
}

/** An event whose time is the time at which it is recorded. */
export type Unstamped = HistoryEvent extends infer Event
  ? Event extends HistoryEvent
    ? Omit<Event, 'at'>
    : never
  : never;

/** One life of the device. */
interface Life {
  client: ChatClient;
  rooms: Map<string, Room>;
  /** Timers and writes of an ended life reach nobody. */
  end(): void;
}

export function createApplication(options: ApplicationOptions): Application {
  const { name, time, chance, record } = options;
  const stored = new Map<string, string>();
  const rooms = new Set<string>();
  /** Sends that have not ended either way. */
  const open = new Set<string>();
  let draws = 0;
  let life = live();

  function live(): Life {
    let alive = true;
    const clock: Clock = {
      now: time.now,
      after: (delayMs, callback) => time.after(Math.ceil(delayMs), () => alive && callback()),
    };
    const client = new ChatClient({
      url: 'wss://simulated/live',
      userId: name,
      WebSocket: socketOf(options.dial),
      clock,
      random() {
        draws += 1;
        return chance.of(`${name} draws ${draws}`);
      },
      onWake: () => () => {},
      maxAgeMs: options.maxAgeMs,
      ...options.clientOptions,
      storage: keepIn({
        getItem: (key) => stored.get(key),
        setItem: (key, value) => void (alive && stored.set(key, value)),
      }),
    });
    const next: Life = {
      client,
      rooms: new Map(),
      end() {
        alive = false;
      },
    };
    void client.connect();
    return next;
  }

  /** By the event, by the promise, or by both: a send ends once. */
  function settle(roomId: string, clientMessageId: string, ending: Sent | ChatError): void {
    if (!open.delete(`${roomId} ${clientMessageId}`)) return;
    const about = { client: name, roomId, clientMessageId };
    if (ending instanceof Error) {
      const { code, retryable } = ending;
      record({ kind: 'refused', ...about, code, retryable });
    } else {
      const { seq, messageId, duplicate } = ending;
      record({ kind: 'acknowledged', ...about, seq, messageId, duplicate });
    }
  }

  function watch(roomId: string): Room {
    const { client } = life;
    const isCurrent = () => life.client === client;
    const room = client.room(roomId);
    life.rooms.set(roomId, room);
    room.on('message', ({ seq, messageId, clientMessageId, text }) => {
      if (!isCurrent()) return;
      const about = { client: name, roomId, seq, messageId, text };
      record({
        kind: 'shown',
        ...about,
        ...(clientMessageId === undefined ? {} : { clientMessageId }),
      });
    });
    room.on('reset', ({ after, resumedAt }) => {
      if (isCurrent()) record({ kind: 'reset', client: name, roomId, after, resumedAt });
    });
    room.on('outbox', (change) => {
      if (!isCurrent()) return;
      const { clientMessageId } = change;
      if (change.state === 'stored') settle(roomId, clientMessageId, change.sent);
      else if (change.state === 'failed') settle(roomId, clientMessageId, change.error);
    });
    return room;
  }

  return {
    name,
    rooms,
    open(roomId) {
      if (rooms.has(roomId)) return;
      rooms.add(roomId);
      watch(roomId);
    },
    leave(roomId) {
      const room = life.rooms.get(roomId);
      if (room === undefined) return;
      room.leave();
      life.rooms.delete(roomId);
      rooms.delete(roomId);
      record({ kind: 'left', client: name, roomId });
    },
    send(roomId, clientMessageId, text) {
      const room = life.rooms.get(roomId);
      if (room === undefined) return;
      record({ kind: 'sending', client: name, roomId, clientMessageId, text });
      open.add(`${roomId} ${clientMessageId}`);
      const { client } = life;
      const ended = (ending: Sent | ChatError) => {
        if (life.client === client) settle(roomId, clientMessageId, ending);
      };
      room.send(text, { clientMessageId }).then(ended, ended);
    },
    look(roomId) {
      const room = life.rooms.get(roomId);
      if (room === undefined) return;
      history(room, { limit: 100 })
        .then(({ messages }) => options.onPage({ client: name, roomId, messages }))
        .catch(() => {});
    },
    restart() {
      life.end();
      const positions = JSON.parse(stored.get('roomcast.positions') ?? '{}');
      life = live();
      for (const roomId of rooms) {
        // What was shown after the position was stored is shown again: the view begins anew.
        const after = positions[roomId];
        if (after !== undefined) record({ kind: 'entered', client: name, roomId, after });
        watch(roomId);
      }
    },
    close() {
      life.client.close();
      life.end();
    },
    hears(frame) {
      const reply = JSON.parse(frame);
      if (reply.type !== 'joined') return;
      // The first join tells where the view begins; the library has not seen it yet.
      const { roomId, head } = reply;
      const room = life.rooms.get(roomId);
      if (room === undefined || room.position !== undefined) return;
      record({ kind: 'entered', client: name, roomId, after: head });
    },
  };
}

/** What `new WebSocket(url)` gives. */
function socketOf(dial: () => WebSocketLike): WebSocketConstructor {
  return function newSocket() {
    return dial();
  } as unknown as WebSocketConstructor;
}
