import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ready } from '../../client/ready.ts';
import { systemClock } from '../../local/clock.ts';
import type { GatewayFaults } from '../../local/gateway/faults.ts';
import { ATTEMPTS_MAX, STRIKES_MAX } from '../../services/messages/3-deliver/deliver.ts';
import { openMember } from '../support/chat-member.ts';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';
import { type OwnStack, startOwnStack, throwProblem } from '../support/local-stack.ts';

let stack: OwnStack;
const faults: GatewayFaults = { dropDisconnect: 1 };

/** A minute behind, so that connections are past the grace of their first seconds at once. */
const clock = { ...systemClock, now: () => systemClock.now() - 60_000 };

beforeAll(async () => {
  stack = await startOwnStack({ clock, faults, onProblem: throwProblem });
}, 120_000);
afterAll(() => stack?.stop());

const enter = async (userId: string, ...roomIds: string[]) => {
  const socket = await openSocket(stack.url, { userId });
  for (const roomId of roomIds) await socket.request({ action: 'join', roomId });
  return socket;
};
const usersIn = async (socket: ChatSocket, roomId: string) =>
  (await socket.request({ action: 'presence', roomId })).users;

describe('a member that vanishes without a goodbye', () => {
  it('is removed from all of its rooms by the next message in one of them', async () => {
    const ann = await enter('ann', 'red', 'blue');
    const ben = await enter('ben', 'red', 'blue');
    // Nothing is on its way any more that could find him gone before the message does.
    await stack.idle();
    ben.vanish();
    await ben.closed;
    expect(await usersIn(ann, 'red')).toEqual(['ann', 'ben']);

    await ann.request({ action: 'send', roomId: 'red', text: 'anybody there?' });
    await ann.messages('red', 1);
    await stack.idle();
    expect(await usersIn(ann, 'red')).toEqual(['ann']);
    expect(await usersIn(ann, 'blue')).toEqual(['ann']);
    ann.close();
  });
});

describe('a member whose socket stays full', () => {
  it('is closed after three deliveries, comes back, and misses nothing', async () => {
    const ann = await enter('ann', 'green');
    // No heartbeat finds the message for him before the connection is closed.
    const heartbeatMs = 60_000;
    const ben = openMember(stack.url, 'green', { userId: 'ben', heartbeatMs });
    await ready(ben.room);
    await stack.idle();
    // Everything that is posted to the connection that he has now is refused; ann takes hers.
    const { connection } = await ann.request({ action: 'where am I?' });
    const { connectionId: anns } = connection as { connectionId: string };
    let full: string | undefined;
    let refusals = 0;
    faults.failPost = (id) => {
      if (id !== anns) full ??= id;
      if (id !== full) return undefined;
      refusals += 1;
      return 429;
    };

    const { seq } = await ann.request({ action: 'send', roomId: 'green', text: 'take this' });
    await ben.reached(Number(seq));
    expect(ben.log.events).toContainEqual(expect.objectContaining({ closeCode: 1000 }));
    await stack.idle();
    expect(refusals).toBe(ATTEMPTS_MAX * STRIKES_MAX);
    expect(ben.seqs).toEqual([seq]);
    const { count, users } = await ann.request({ action: 'presence', roomId: 'green' });
    expect({ count, users }).toEqual({ count: 2, users: ['ann', 'ben'] });
    ben.client.close();
    ann.close();
  });
});
