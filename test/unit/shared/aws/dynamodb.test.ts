import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from '@jest/globals';
import type { Backoff } from '../../../../shared/aws/backoff.ts';
import { batchDelete, batchGet } from '../../../../shared/aws/dynamodb.ts';
import { createFakeSdkClient, type SentCommand } from '../../../support/fake-sdk-client.ts';

const noWait: Backoff = { wait: async () => {} };
const keys = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `k${index}` }));

type Request = { Keys: { id: string }[]; ConsistentRead: boolean };
const requestOf = ({ input }: SentCommand) => (input.RequestItems as { T: Request }).T;
const deletesOf = ({ input }: SentCommand) =>
  (input.RequestItems as { T: { DeleteRequest: { Key: { id: string } } }[] }).T;

/** A table that takes at most `most` keys of each request and leaves the rest over. */
const takesAtMost = (most: number) => (command: SentCommand) => {
  if (command.name === 'BatchGet') {
    const { Keys } = requestOf(command);
    return {
      Responses: { T: Keys.slice(0, most) },
      UnprocessedKeys: Keys.length > most ? { T: { Keys: Keys.slice(most) } } : {},
    };
  }
  const deletes = deletesOf(command);
  return { UnprocessedItems: deletes.length > most ? { T: deletes.slice(most) } : {} };
};

describe('batchGet', () => {
  it('sends nothing for nothing', async () => {
    const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(takesAtMost(100));

    expect(await batchGet(client, 'T', [], noWait)).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('asks for a hundred keys at a time, strongly consistent', async () => {
    const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(takesAtMost(100));

    expect(await batchGet(client, 'T', keys(250), noWait)).toEqual(keys(250));
    expect(sent.map((command) => requestOf(command).Keys.length)).toEqual([100, 100, 50]);
    expect(sent.every((command) => requestOf(command).ConsistentRead)).toBe(true);
  });

  it('asks again for what was left over, and only for that', async () => {
    const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(takesAtMost(2));

    expect(await batchGet(client, 'T', keys(5), noWait)).toEqual(keys(5));
    expect(sent.map((command) => requestOf(command).Keys.length)).toEqual([5, 3, 1]);
  });

  it('gives up when the table goes on leaving keys over', async () => {
    const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(takesAtMost(0));

    await expect(batchGet(client, 'T', keys(1), noWait)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(sent).toHaveLength(6);
  });
});

describe('batchDelete', () => {
  it('deletes twenty-five keys at a time', async () => {
    const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(takesAtMost(25));

    await batchDelete(client, 'T', keys(60), noWait);

    expect(sent.map((command) => deletesOf(command).length)).toEqual([25, 25, 10]);
    const deleted = sent.flatMap(deletesOf).map(({ DeleteRequest }) => DeleteRequest.Key);
    expect(deleted).toEqual(keys(60));
  });

  it('deletes again what was left over, and only that', async () => {
    const { client, sent } = createFakeSdkClient<DynamoDBDocumentClient>(takesAtMost(3));

    await batchDelete(client, 'T', keys(5), noWait);

    expect(sent.map((command) => deletesOf(command).length)).toEqual([5, 2]);
  });

  it('waits longer before each attempt, and gives up in the end', async () => {
    const waits: number[] = [];
    const backoff: Backoff = {
      wait: async (attempt) => {
        waits.push(attempt);
      },
    };
    const { client } = createFakeSdkClient<DynamoDBDocumentClient>(takesAtMost(0));

    await expect(batchDelete(client, 'T', keys(1), backoff)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    expect(waits).toEqual([0, 1, 2, 3, 4]);
  });
});
