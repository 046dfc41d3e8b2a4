import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { synthesizedApp, temporaryDirectory } from '../support/assembly.ts';
import { openSocket, type ReceivedMessage } from '../support/chat-socket.ts';
import { type LocalProcess, startLocalProcess } from '../support/local-process.ts';

let assembly: { path: string; remove: () => void };
let data: { path: string; remove: () => void };
const running: LocalProcess[] = [];

const start = async (...args: string[]) => {
  const stack = await startLocalProcess([
    '--assembly',
    assembly.path,
    '--data',
    data.path,
    '--stream-poll',
    '50',
    ...args,
  ]);
  running.push(stack);
  return stack;
};

beforeAll(async () => {
  assembly = await synthesizedApp();
}, 120_000);
afterAll(() => assembly.remove());
beforeEach(() => {
  data = temporaryDirectory();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((stack) => stack.kill()));
  data.remove();
});

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the local stack', () => {
  it('keeps every acknowledged message, and its numbers go on, when it is killed while members send', async () => {
    const room = 'lobby';
    const first = await start();
    const ann = await openSocket(first.url, { userId: 'ann', roomId: room });
    const acknowledged: number[] = [];
    for (let index = 0; index < 40; index += 1) {
      const clientMessageId = `message-${index}`;
      void ann
        .request({ action: 'send', roomId: room, text: clientMessageId, clientMessageId })
        .then(
          ({ seq }) => acknowledged.push(Number(seq)),
          () => undefined,
        );
    }
    await ann.messages(room, 10);
    await first.kill();

    const second = await start();
    const back = await openSocket(second.url, { userId: 'ann', roomId: room });
    const { messages, head } = await back.request({ action: 'history', roomId: room, limit: 100 });
    const kept = new Set((messages as ReceivedMessage[]).map(({ seq }) => seq));
    expect(acknowledged.length).toBeGreaterThanOrEqual(1);
    expect(acknowledged.filter((seq) => !kept.has(seq))).toEqual([]);
    const next = await back.request({ action: 'send', roomId: room, text: 'after the crash' });
    expect(next.seq).toBe(Number(head) + 1);
    back.close();
  }, 60_000);

  it('ends with everything it started on Ctrl-C', async () => {
    const stack = await start();
    const enginePid = Number.parseInt(
      readFileSync(join(data.path, 'dynamodb', 'engine.pid'), 'utf8'),
      10,
    );
    expect(isAlive(enginePid)).toBe(true);
    const ann = await openSocket(stack.url, { userId: 'ann' });
    expect(await stack.stop()).toBe(0);
    expect(await ann.closed).toBe(1001);
    expect(isAlive(enginePid)).toBe(false);
  }, 60_000);

  it('says in one line that its port is taken', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => blocker.once('listening', listening));
    const address = blocker.address();
    const port = typeof address === 'object' ? address?.port : 0;
    await expect(start('--port', String(port))).rejects.toThrow(`port ${port} is in use`);
    await new Promise((closed) => blocker.close(closed));
  }, 60_000);

  it('says in one line that its data directory is in use', async () => {
    await start();
    await expect(start()).rejects.toThrow(/is in use by process \d+/);
  }, 60_000);
});
