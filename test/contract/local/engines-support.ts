import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { ENGINE_CREDENTIALS, ENGINE_SQS_REGION } from '../../../local/engines/credentials.ts';
import type { TableModel } from '../../../local/template/model.ts';

export interface Cleanup {
  defer(end: () => unknown): void;
  run(): Promise<void>;
}

/** Ends what a test started, last first. */
export function createCleanup(): Cleanup {
  const ends: (() => unknown)[] = [];
  return {
    defer: (end) => {
      ends.push(end);
    },
    run: async () => {
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
    },
  };
}

export function createDataDir(cleanup: Cleanup): string {
  const directory = mkdtempSync(join(tmpdir(), 'roomcast-engines-'));
  cleanup.defer(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

export function createDynamoDbClient(cleanup: Cleanup, endpoint: string): DynamoDBClient {
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: ENGINE_CREDENTIALS,
  });
  cleanup.defer(() => client.destroy());
  return client;
}

export function createSqsClient(cleanup: Cleanup, endpoint: string): SQSClient {
  const client = new SQSClient({
    endpoint,
    region: ENGINE_SQS_REGION,
    credentials: ENGINE_CREDENTIALS,
  });
  cleanup.defer(() => client.destroy());
  return client;
}

export const neverExits = (problem: string): void => {
  throw new Error(`Unexpected: ${problem}`);
};

export const messagesTable: TableModel = {
  id: 'MessagesTable',
  tableName: 'Messages',
  attributes: [
    { name: 'roomId', type: 'S' },
    { name: 'seq', type: 'N' },
  ],
  key: { partition: 'roomId', sort: 'seq' },
  indexes: [],
  streamView: 'NEW_IMAGE',
  ttlAttribute: 'expiresAt',
};

export const membershipsTable: TableModel = {
  id: 'MembershipsTable',
  tableName: 'Memberships',
  attributes: [
    { name: 'roomShard', type: 'S' },
    { name: 'connectionId', type: 'S' },
  ],
  key: { partition: 'roomShard', sort: 'connectionId' },
  indexes: [
    { indexName: 'byConnection', key: { partition: 'connectionId' }, projection: 'KEYS_ONLY' },
  ],
  ttlAttribute: 'expiresAt',
};

export const roomsTable: TableModel = {
  id: 'RoomsTable',
  tableName: 'Rooms',
  attributes: [{ name: 'roomId', type: 'S' }],
  key: { partition: 'roomId' },
  indexes: [],
};

/** The least that both engines are asked for. */
export const smallModel = {
  region: 'eu-central-1',
  tables: [roomsTable],
  queues: [{ id: 'Jobs', queueName: 'jobs', attributes: {} }],
  buckets: [],
};
