import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';
import { chatUrl, fresh, upgradeStatus } from './chat.ts';

let room: string;
let ann: ChatSocket;
beforeEach(async () => {
  room = fresh('room');
  ann = await openSocket(chatUrl(), { userId: 'ann', roomId: room });
});
afterEach(() => ann.close());

/** The connection still works: it says something in its room and hears it. */
async function expectUnharmed(socket: ChatSocket): Promise<void> {
  const before = socket.messagesOf(room).length;
  expect(await socket.request({ action: 'send', roomId: room, text: 'still here' })).toMatchObject({
    type: 'sent',
  });
  await socket.messages(room, before + 1);
}

describe('frames that are refused', () => {
  it.each([
    { description: 'malformed JSON', frame: '{"action":', code: 'BAD_JSON', names: 'JSON' },
    {
      description: 'an unknown action',
      frame: { action: 'fly' },
      code: 'UNKNOWN_ACTION',
      names: 'fly',
    },
    { description: 'no action', frame: { roomId: 'a' }, code: 'UNKNOWN_ACTION', names: 'action' },
    {
      description: 'a missing field',
      frame: { action: 'join' },
      code: 'INVALID_FRAME',
      names: 'roomId',
    },
    {
      description: 'a malformed room id',
      frame: { action: 'join', roomId: 'a b' },
      code: 'INVALID_FRAME',
      names: 'roomId',
    },
    {
      description: 'an empty text',
      frame: { action: 'send', roomId: 'a', text: '' },
      code: 'INVALID_FRAME',
      names: 'text',
    },
    {
      description: 'a text of 4,001 characters',
      frame: { action: 'send', roomId: 'a', text: 'x'.repeat(4_001) },
      code: 'INVALID_FRAME',
      names: 'text',
    },
    {
      description: 'data above 8 KB',
      frame: { action: 'send', roomId: 'a', text: 'x', data: 'x'.repeat(8_192) },
      code: 'INVALID_FRAME',
      names: 'data',
    },
    {
      description: 'both directions of history',
      frame: { action: 'history', roomId: 'a', before: 5, after: 1 },
      code: 'INVALID_FRAME',
      names: 'after',
    },
    {
      description: 'a limit above 100',
      frame: { action: 'history', roomId: 'a', limit: 101 },
      code: 'INVALID_FRAME',
      names: 'limit',
    },
    {
      description: 'sending to a room never joined',
      frame: { action: 'send', roomId: 'elsewhere', text: 'x' },
      code: 'NOT_A_MEMBER',
      names: 'elsewhere',
    },
    {
      description: 'reading a room never joined',
      frame: { action: 'history', roomId: 'elsewhere' },
      code: 'NOT_A_MEMBER',
      names: 'elsewhere',
    },
    {
      description: 'presence of a room never joined',
      frame: { action: 'presence', roomId: 'elsewhere' },
      code: 'NOT_A_MEMBER',
      names: 'elsewhere',
    },
  ])(
    'answers $description with $code and leaves the connection alone',
    async ({ frame, code, names }) => {
      ann.send(frame);
      const error = await ann.find(({ type }) => type === 'error');
      expect(error).toMatchObject({ type: 'error', code, retryable: false });
      expect(error.message).toContain(names);
      expect(JSON.stringify(error)).not.toMatch(/at .*:\d+:\d+|node_modules|arn:/);
      await expectUnharmed(ann);
    },
  );

  it('echoes the id of a frame that is invalid otherwise', async () => {
    expect(await ann.request({ action: 'join' })).toMatchObject({ code: 'INVALID_FRAME' });
  });

  it('helps whoever sends an unknown action', async () => {
    const error = await ann.request({ action: 'fly' });
    expect(error.actions).toEqual(expect.arrayContaining(['join', 'send', 'history']));
    expect(error.connection).toMatchObject({
      connectionId: expect.any(String),
      connectedAt: expect.stringMatching(/^\d{4}-.*Z$/),
      sourceIp: expect.any(String),
    });
  });

  it('ignores fields that it does not know', async () => {
    const reply = await ann.request({ action: 'join', roomId: room, colour: 'green' });
    expect(reply).toMatchObject({ type: 'joined' });
  });
});

describe('what the gateway refuses', () => {
  it.each([
    { description: 'a message of 200 KB', frame: 'x'.repeat(200 * 1024), code: 1009 },
    { description: 'a frame above 32 KB', frame: 'x'.repeat(33 * 1024), code: 1009 },
    { description: 'a binary frame', frame: Buffer.from('{}'), code: 1003 },
  ])('closes on $description with $code and does not harm the peers', async ({ frame, code }) => {
    const ben = await openSocket(chatUrl(), { userId: 'ben', roomId: room });
    ben.send(frame);
    expect(await ben.closed).toBe(code);
    await expectUnharmed(ann);
  });

  it.each([
    { description: 'no identity', query: {}, status: 401 },
    { description: 'a malformed room id', query: { userId: 'eve', roomId: 'a b' }, status: 400 },
    {
      description: 'a user id beyond 128 characters',
      query: { userId: 'x'.repeat(129) },
      status: 403,
    },
    { description: 'nothing wrong', query: { userId: 'eve' }, status: 101 },
  ])('answers an upgrade with $description with $status', async ({ query, status }) => {
    expect(await upgradeStatus(query as Record<string, string>)).toBe(status);
  });
});
