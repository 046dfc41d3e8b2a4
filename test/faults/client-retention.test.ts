import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { history } from '../../client/history.ts';
import { ready } from '../../client/ready.ts';
import { type ChatMember, openMember } from '../support/chat-member.ts';
import { openSocket } from '../support/chat-socket.ts';
import { type EngineTables, openEngineTables } from '../support/engine-tables.ts';
import { type OwnStack, startOwnStack } from '../support/local-stack.ts';
import { observeSockets } from '../support/observed-sockets.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const STORED = 10;
/** Of the stored ones, so many are past their retention. */
const EXPIRED = 6;

let stack: OwnStack;
let tables: EngineTables;

beforeAll(async () => {
  stack = await startOwnStack();
  tables = await openEngineTables(stack.dynamoDbEndpoint);
}, 120_000);
afterAll(async () => {
  tables?.close();
  await stack?.stop();
});

async function publish(roomId: string, count: number): Promise<void> {
  const publisher = await openSocket(stack.url, { userId: 'publisher', roomId });
  for (let n = 1; n <= count; n += 1) {
    await publisher.request({ action: 'send', roomId, text: `message ${n}` });
  }
  publisher.close();
}

/** Lets a month pass for the room: its first messages expire, the others are still kept. */
async function age(roomId: string): Promise<void> {
  const { client, names } = tables;
  const now = Date.now();
  const set = (TableName: string, Key: object, row: Record<string, number>) =>
    client.send(
      new UpdateCommand({
        TableName,
        Key: { roomId, ...Key },
        UpdateExpression: `SET ${Object.keys(row).map((name) => `${name} = :${name}`)}`,
        ExpressionAttributeValues: Object.fromEntries(
          Object.entries(row).map(([name, value]) => [`:${name}`, value]),
        ),
      }),
    );
  for (let seq = 1; seq <= STORED; seq += 1) {
    const sentAt = now - (seq <= EXPIRED ? 31 : 29) * DAY_MS;
    const expiresAt = Math.floor((sentAt + 30 * DAY_MS) / 1_000);
    await set(names.MESSAGES_TABLE, { seq }, { sentAt, expiresAt });
  }
  await set(names.ROOMS_TABLE, {}, { createdAt: now - 32 * DAY_MS, headAt: now - 29 * DAY_MS });
}

/** TTL gets to the expired rows, hours or days later. */
async function sweep(roomId: string): Promise<void> {
  for (let seq = 1; seq <= EXPIRED; seq += 1) {
    const TableName = tables.names.MESSAGES_TABLE;
    await tables.client.send(new DeleteCommand({ TableName, Key: { roomId, seq } }));
  }
}

describe('a position older than what retention has left', () => {
  it.each([
    { rows: 'still there', roomId: 'expired', prepare: async () => {} },
    { rows: 'deleted', roomId: 'swept', prepare: sweep },
  ])('gives one reset while the expired rows are $rows', async ({ roomId, prepare }) => {
    await publish(roomId, STORED);
    await age(roomId);
    await prepare(roomId);
    const { WebSocket, cutAll } = observeSockets();
    const member: ChatMember = openMember(stack.url, roomId, { WebSocket }, { since: 3 });
    try {
      await ready(member.room);
      const reset = { event: 'reset', after: 3, resumedAt: STORED, reason: 'retention' };
      expect(member.resets).toEqual([reset]);
      const { messages } = await history(member.room);
      expect(messages.map(({ seq }) => seq)).toEqual([7, 8, 9, 10]);

      await publish(roomId, 1);
      await member.reached(STORED + 1);
      cutAll();
      await publish(roomId, 1);
      await member.reached(STORED + 2);
      expect(member.seqs).toEqual([STORED + 1, STORED + 2]);
      expect(member.resets).toEqual([reset]);
    } finally {
      member.client.close();
    }
  });

  it('gives none where everything after it is still kept', async () => {
    const roomId = 'kept';
    await publish(roomId, STORED);
    await age(roomId);
    const member = openMember(stack.url, roomId, {}, { since: EXPIRED });
    await member.reached(STORED);
    member.client.close();
    expect({ seqs: member.seqs, resets: member.resets }).toEqual({
      seqs: [7, 8, 9, 10],
      resets: [],
    });
  });
});
