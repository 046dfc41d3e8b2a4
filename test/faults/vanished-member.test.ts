import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '../../local/clock.ts';
import { type LocalStack, startLocalStack } from '../../local/stack.ts';
import { synthesizedApp, temporaryDirectory } from '../support/assembly.ts';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';

let assembly: { path: string; remove: () => void };
let data: { path: string; remove: () => void };
let stack: LocalStack;

/** A minute behind, so that connections are past the grace of their first seconds at once. */
const clock = { ...systemClock, now: () => systemClock.now() - 60_000 };

beforeAll(async () => {
  assembly = await synthesizedApp();
  data = temporaryDirectory();
  stack = await startLocalStack({
    dataDir: data.path,
    assemblyDir: assembly.path,
    port: 0,
    streamPollMs: 20,
    clock,
    faults: { dropDisconnect: 1 },
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

const enter = async (userId: string, ...roomIds: string[]) => {
  const socket = await openSocket(stack.webSocketUrl, { userId });
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
