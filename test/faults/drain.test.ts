import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { synthesizedApp, temporaryDirectory } from '../support/assembly.ts';
import { openSocket } from '../support/chat-socket.ts';

let assembly: { path: string; remove: () => void };
let data: { path: string; remove: () => void };
let stack: LocalStack;

beforeAll(async () => {
  assembly = await synthesizedApp();
  data = temporaryDirectory();
  stack = await startLocalStack({
    dataDir: data.path,
    assemblyDir: assembly.path,
    port: 0,
    streamPollMs: 20,
    onProblem: (problem) => {
      throw new Error(problem);
    },
  });
}, 120_000);
afterAll(async () => {
  await stack?.stop();
  data?.remove();
  assembly?.remove();
});

const drain = async (order: object) => {
  const response = await fetch(
    `${stack.origin}/2015-03-31/functions/ConnectionsDrain/invocations`,
    {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 local' },
      body: JSON.stringify(order),
    },
  );
  return response.json();
};

describe('a drain', () => {
  it('tells every connection, in a room or not, and whoever comes later nothing', async () => {
    const people = await Promise.all([
      openSocket(stack.webSocketUrl, { userId: 'ann', roomId: 'red' }),
      openSocket(stack.webSocketUrl, { userId: 'ann', roomId: 'blue' }),
      openSocket(stack.webSocketUrl, { userId: 'ben' }),
    ]);
    const order = { reason: 'new routes', retryWindowMs: 5_000, limitPerSecond: 1_000 };
    expect(await drain(order)).toEqual({ told: 3 });
    for (const person of people) {
      expect(await person.find(({ type }) => type === 'goaway')).toEqual({
        type: 'goaway',
        reason: 'new routes',
        retryWindowMs: 5_000,
      });
    }

    const later = await openSocket(stack.webSocketUrl, { userId: 'cat' });
    await stack.idle();
    expect(await later.request({ action: 'ping' })).toMatchObject({ type: 'pong' });
    expect(later.frames.map(({ type }) => type)).toEqual(['pong']);
    for (const socket of [...people, later]) {
      socket.close();
      await socket.closed;
    }
  });
});
