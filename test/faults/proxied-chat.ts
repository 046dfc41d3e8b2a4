import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { ChatClientOptions } from '../../client/index.ts';
import { ready } from '../../client/ready.ts';
import { synthesizedApp, temporaryDirectory } from '../support/assembly.ts';
import { type ChatMember, openMember } from '../support/chat-member.ts';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';
import { type LocalProcess, startLocalProcess } from '../support/local-process.ts';
import type { ProxyFrame } from '../support/proxy-lane.ts';
import { type ProxyEvent, type SocketProxy, startSocketProxy } from '../support/socket-proxy.ts';

export interface ProxiedChat {
  /** One local stack per file, in a process of its own. */
  stack: LocalProcess;
  /** A fresh one for each test, between the members and the stack. */
  proxy: SocketProxy;
  /** Speaks to the stack directly, in a room of the test's own. */
  publisher: ChatSocket;
  roomId: string;
  /** The numbers of all published messages, ascending. A number may belong to no message. */
  stored: number[];
  /** Starts the stack again, with the data that it had. */
  restart(): Promise<void>;
  /** A member behind the proxy, live in the room. */
  enter(options?: Partial<ChatClientOptions>, query?: string): Promise<ChatMember>;
  /** Stores so many messages, one after the other; the last number. */
  publish(count: number): Promise<number>;
  /** Every message of the room was shown once, in order, and nothing was said to be lost. */
  expectAll(member: ChatMember, own?: readonly { seq: number }[]): Promise<void>;
  frames(event: ProxyEvent['event']): Extract<ProxyEvent, ProxyFrame>[];
  /** What members asked, as far as it passed. */
  asked(action: string): Extract<ProxyEvent, ProxyFrame>[];
}

export const isPush = ({ direction, body }: ProxyFrame): boolean =>
  direction === 'down' && body.type === 'messages';

/** Registers what starts and stops all this around the tests of a file. */
export function setUpProxiedChat(): ProxiedChat {
  const members: ChatMember[] = [];
  let assembly: { path: string; remove: () => void };
  let data: { path: string; remove: () => void };
  let rooms = 0;

  const start = () => {
    const where = ['--assembly', assembly.path, '--data', data.path];
    return startLocalProcess([...where, '--stream-poll', '20']);
  };

  const chat = {
    stored: [] as number[],
    async restart() {
      chat.stack = await start();
    },
    async enter(options, query = '') {
      const member = openMember(`${chat.proxy.url}${query}`, chat.roomId, options);
      members.push(member);
      await ready(member.room);
      return member;
    },
    async publish(count) {
      const { roomId } = chat;
      for (let index = 1; index <= count; index += 1) {
        const send = { action: 'send', roomId, text: `message ${index}` };
        chat.stored.push(Number((await chat.publisher.request(send)).seq));
      }
      return chat.stored.at(-1) ?? 0;
    },
    async expectAll(member, own = []) {
      const all = [...chat.stored, ...own.map(({ seq }) => seq)].sort((a, b) => a - b);
      await member.reached(all.at(-1) ?? 0);
      expect(member.seqs).toEqual(all);
      expect(member.resets).toEqual([]);
    },
    frames: (event) =>
      chat.proxy.log.events.filter(
        (entry): entry is Extract<ProxyEvent, ProxyFrame> =>
          'body' in entry && entry.event === event,
      ),
    asked: (action) => chat.frames('passed').filter(({ body }) => body.action === action),
  } as ProxiedChat;

  beforeAll(async () => {
    assembly = await synthesizedApp();
    data = temporaryDirectory();
    await chat.restart();
  }, 120_000);
  afterAll(async () => {
    await chat.stack?.stop();
    data?.remove();
    assembly?.remove();
  });
  beforeEach(async () => {
    rooms += 1;
    chat.stored = [];
    chat.roomId = `room-${rooms}`;
    chat.proxy = await startSocketProxy(chat.stack.url);
    const { roomId } = chat;
    chat.publisher = await openSocket(chat.stack.url, { userId: 'publisher', roomId });
  });
  afterEach(async () => {
    for (const { client } of members.splice(0)) client.close();
    chat.publisher.close();
    await chat.proxy.stop();
  });
  return chat;
}
