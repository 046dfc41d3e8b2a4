import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { unavailable } from '../domain/errors.ts';
import { type Backoff, jitteredBackoff } from './backoff.ts';

/** Two attempts of a second each leave a three-second function time to answer. */
const REQUEST_TIMEOUT_MS = 1_000;
const CONNECTION_TIMEOUT_MS = 500;
const ATTEMPTS = 2;

/** A client that gives up early enough for the function to say so. */
export function createDynamoClient(): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
  });
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true },
  });
}

type Key = Record<string, string | number>;

const BATCH_WRITE_MAX = 25;
const BATCH_GET_MAX = 100;
const UNPROCESSED_ATTEMPTS = 6;

/** Reads up to any number of keys of one table, strongly consistent; missing ones are absent. */
export async function batchGet(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Key[],
  backoff: Backoff = jitteredBackoff,
): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = [];
  for (let start = 0; start < keys.length; start += BATCH_GET_MAX) {
    let pending: Key[] = keys.slice(start, start + BATCH_GET_MAX);
    for (let attempt = 0; pending.length > 0; attempt += 1) {
      await beforeAttempt(attempt, table, backoff);
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: pending, ConsistentRead: true } } }),
      );
      items.push(...(Responses?.[table] ?? []));
      pending = (UnprocessedKeys?.[table]?.Keys ?? []) as Key[];
    }
  }
  return items;
}

/** Deletes any number of keys of one table. Idempotent; what DynamoDB leaves over is retried. */
export async function batchDelete(
  client: DynamoDBDocumentClient,
  table: string,
  keys: readonly Key[],
  backoff: Backoff = jitteredBackoff,
): Promise<void> {
  for (let start = 0; start < keys.length; start += BATCH_WRITE_MAX) {
    let pending: Key[] = keys.slice(start, start + BATCH_WRITE_MAX);
    for (let attempt = 0; pending.length > 0; attempt += 1) {
      await beforeAttempt(attempt, table, backoff);
      const { UnprocessedItems } = await client.send(
        new BatchWriteCommand({
          RequestItems: { [table]: pending.map((Key) => ({ DeleteRequest: { Key } })) },
        }),
      );
      pending = (UnprocessedItems?.[table] ?? []).map(
        ({ DeleteRequest }) => DeleteRequest?.Key as Key,
      );
    }
  }
}

async function beforeAttempt(attempt: number, table: string, backoff: Backoff): Promise<void> {
  if (attempt === 0) return;
  if (attempt >= UNPROCESSED_ATTEMPTS)
    throw unavailable(`Table ${table} leaves items unprocessed.`);
  await backoff.wait(attempt - 1, 50, 1_000);
}
