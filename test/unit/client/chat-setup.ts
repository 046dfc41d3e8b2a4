import { ChatClient } from '../../../client/chat-client.ts';
import type {
  ChatClientOptions,
  Message,
  Room,
  RoomEvents,
  StateChange,
} from '../../../client/types.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { createFakeServer, type FakeServer } from './fake-server.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export interface ChatSetup {
  clock: VirtualClock;
  server: FakeServer;
  client: ChatClient;
  states: StateChange[];
  errors: string[];
}

export interface RoomRecord {
  room: Room;
  messages: Message[];
  seqs: number[];
  resets: RoomEvents['reset'][];
  gaps: RoomEvents['gap'][];
  states: string[];
}

/** A client and a server on one virtual clock. The client is `ann`; others are published as `bob`. */
export function setUpChat(
  options: Partial<ChatClientOptions> = {},
  earlier?: ChatSetup,
): ChatSetup {
  const clock = earlier?.clock ?? createVirtualClock();
  const server = earlier?.server ?? createFakeServer(clock);
  const client = new ChatClient({
    url: 'ws://chat.test/live',
    userId: 'ann',
    WebSocket: server.WebSocket,
    clock,
    random: seededRandom(1),
    onWake: () => () => {},
    ...options,
  });
  const states: StateChange[] = [];
  const errors: string[] = [];
  client.on('state', (change) => states.push(change));
  client.on('error', ({ code }) => errors.push(code));
  return { clock, server, client, states, errors };
}

export function record(room: Room): RoomRecord {
  const messages: Message[] = [];
  const seqs: number[] = [];
  const resets: RoomEvents['reset'][] = [];
  const gaps: RoomEvents['gap'][] = [];
  const states: string[] = [];
  room.on('message', (message) => {
    messages.push(message);
    seqs.push(message.seq);
  });
  room.on('reset', (reset) => resets.push(reset));
  room.on('gap', (gap) => gaps.push(gap));
  room.on('state', ({ state }) => states.push(state));
  return { room, messages, seqs, resets, gaps, states };
}

/** Connected, and live in one room. */
export async function setUpRoom(options: Partial<ChatClientOptions> = {}, since?: number) {
  const chat = setUpChat(options);
  const recorded = record(chat.client.room('lobby', since === undefined ? {} : { since }));
  void chat.client.connect();
  await chat.clock.advance(100);
  return { ...chat, ...recorded, states: chat.states, roomStates: recorded.states };
}

export function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
