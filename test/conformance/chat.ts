import { WebSocket } from 'ws';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';

/** Where the suite speaks to: `ws://…/live` or `wss://…/live`. */
export const chatUrl = (): string => {
  const url = process.env.CHAT_URL;
  if (url === undefined) throw new Error('CHAT_URL names the WebSocket to test, ws://…/live.');
  return url;
};

/** On one machine both APIs share an origin; a deployed stack names the other in `CHAT_HTTP_URL`. */
export const httpOrigin = (): string =>
  process.env.CHAT_HTTP_URL ??
  chatUrl()
    .replace(/^ws/, 'http')
    .replace(/\/live$/, '');

/** Opens sockets as users, and closes them all. */
export function createEntrance() {
  const open: ChatSocket[] = [];
  return {
    async enter(userId: string, roomId?: string): Promise<ChatSocket> {
      const query = { userId, ...(roomId === undefined ? {} : { roomId }) };
      const socket = await openSocket(chatUrl(), query);
      open.push(socket);
      return socket;
    },
    leaveAll(): void {
      for (const socket of open.splice(0)) socket.close();
    },
  };
}

/** The status with which the gateway refuses an upgrade, or 101. */
export async function upgradeStatus(query: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${chatUrl()}?${new URLSearchParams(query)}`);
  const status = await new Promise<number>((resolve, reject) => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
  socket.terminate();
  return status;
}

let names = 0;

/** A name that no other test and no other run has used. */
export function fresh(name: string): string {
  names += 1;
  return `${name}-${process.pid}-${Date.now().toString(36)}-${names}`;
}
