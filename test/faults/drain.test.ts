import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openSocket } from '../support/chat-socket.ts';
import { type OwnStack, startOwnStack, throwProblem } from '../support/local-stack.ts';

let stack: OwnStack;
beforeAll(async () => {
  stack = await startOwnStack({ onProblem: throwProblem });
}, 120_000);
afterAll(() => stack?.stop());

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
      openSocket(stack.url, { userId: 'ann', roomId: 'red' }),
      openSocket(stack.url, { userId: 'ann', roomId: 'blue' }),
      openSocket(stack.url, { userId: 'ben' }),
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

    const later = await openSocket(stack.url, { userId: 'cat' });
    await stack.idle();
    expect(await later.request({ action: 'ping' })).toMatchObject({ type: 'pong' });
    expect(later.frames.map(({ type }) => type)).toEqual(['pong']);
    for (const socket of [...people, later]) {
      socket.close();
      await socket.closed;
    }
  });
});
