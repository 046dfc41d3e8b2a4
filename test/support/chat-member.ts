import { WebSocket } from 'ws';
import {
  ChatClient,
  type ChatClientOptions,
  type Message,
  type Room,
  type RoomEvents,
  type RoomOptions,
  type StateChange,
} from '../../client/index.ts';
import { createEventLog, type EventLog } from './event-log.ts';

export type MemberEvent =
  | { event: 'message'; seq: number; text: string }
  | ({ event: 'connection' } & StateChange)
  | ({ event: 'room' } & RoomEvents['state'])
  | ({ event: 'gap' } & RoomEvents['gap'])
  | ({ event: 'reset' } & RoomEvents['reset']);

/** An application in one room: the real library, and everything that it was told. */
export interface ChatMember {
  client: ChatClient;
  room: Room;
  log: EventLog<MemberEvent>;
  /** In the order in which they were shown. */
  messages: readonly Message[];
  readonly seqs: number[];
  readonly resets: RoomEvents['reset'][];
  /** Resolves when at least that many messages have been shown. */
  shown(count: number): Promise<void>;
  /** Resolves when the message of that number, or a later one, has been shown. */
  reached(seq: number, patienceMs?: number): Promise<void>;
}

/** The library's times, a tenth or so: what takes seconds in real life should not in a test. */
export const BRISK = {
  backoffBaseMs: 50,
  backoffMaxMs: 400,
  holdBackMs: 100,
  heartbeatMs: 2_000,
  requestTimeoutMs: 3_000,
} satisfies Partial<ChatClientOptions>;

/** Joins the room as soon as there is a connection. */
export function openMember(
  url: string,
  roomId: string,
  options: Partial<ChatClientOptions> = {},
  roomOptions: RoomOptions = {},
): ChatMember {
  const client = new ChatClient({ url, userId: 'member', WebSocket, ...BRISK, ...options });
  const log = createEventLog<MemberEvent>();
  const messages: Message[] = [];
  client.on('state', (change) => log.add({ event: 'connection', ...change }));
  const room = client.room(roomId, roomOptions);
  room.on('message', (message) => {
    messages.push(message);
    log.add({ event: 'message', seq: message.seq, text: message.text });
  });
  room.on('state', (change) => log.add({ event: 'room', ...change }));
  room.on('gap', (gap) => log.add({ event: 'gap', ...gap }));
  room.on('reset', (reset) => log.add({ event: 'reset', ...reset }));
  void client.connect();
  return {
    client,
    room,
    log,
    messages,
    get seqs() {
      return messages.map(({ seq }) => seq);
    },
    get resets() {
      return log.events.filter((event) => event.event === 'reset');
    },
    shown: (count) => log.until(`${count} messages shown`, () => messages.length >= count),
    reached: (seq, patienceMs) =>
      log.until(`message ${seq} shown`, () => (messages.at(-1)?.seq ?? 0) >= seq, patienceMs),
  };
}
