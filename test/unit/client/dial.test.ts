import { describe, expect, it } from '@jest/globals';
import { WebSocket as NodeSocket } from 'ws';
import { createDialler } from '../../../client/dial.ts';
import type { WebSocketConstructor } from '../../../client/socket.ts';
import type { ChatClientOptions } from '../../../client/types.ts';
import { createFakeSocket } from './fake-socket.ts';

const WebSocket = function dial(url: string, protocols: string[] = []) {
  return createFakeSocket({ url, protocols, onSend() {}, onClosed() {} });
} as unknown as WebSocketConstructor;

const token = `e30.${btoa(JSON.stringify({ sub: 'ann' })).replaceAll('=', '')}.sig`;
const url = 'wss://chat.test/live';

describe('dialling', () => {
  it.each<{ how: string; options: Partial<ChatClientOptions>; dialled: object; userId?: string }>([
    {
      how: 'a token as a sub-protocol',
      options: { getToken: () => token },
      dialled: { url, protocols: ['roomcast.v1', `bearer.${token}`] },
      userId: 'ann',
    },
    {
      how: 'a token in the query',
      options: { getToken: async () => token, tokenIn: 'query' },
      dialled: { url: `${url}?token=${token}`, protocols: [] },
      userId: 'ann',
    },
    {
      how: 'a user id',
      options: { userId: 'bob b' },
      dialled: { url: `${url}?userId=bob+b`, protocols: [] },
      userId: 'bob b',
    },
    { how: 'nothing', options: {}, dialled: { url, protocols: [] } },
    {
      how: 'a token that says nothing',
      options: { getToken: () => 'opaque' },
      dialled: { protocols: ['roomcast.v1', 'bearer.opaque'] },
    },
  ])('presents $how', async ({ options, dialled, userId }) => {
    const dialler = createDialler({ url, WebSocket, ...options });
    expect(await dialler.dial()).toMatchObject(dialled);
    expect(dialler.userId).toBe(userId);
  });

  it('takes the sockets of the ws package and of the platform', () => {
    const sockets: (WebSocketConstructor | undefined)[] = [NodeSocket, globalThis.WebSocket];
    expect(sockets).toHaveLength(2);
  });
});
