import { type DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { CONNECTION_LIFETIME_MS } from '../domain/limits.ts';
import type { Connections } from '../domain/ports.ts';
import type { Backoff } from './backoff.ts';
import { batchDelete, batchGet } from './dynamodb.ts';
import { reach } from './sdk-errors.ts';

const connectionRecordSchema = z.object({ connectionId: z.string(), connectedAt: z.number() });

interface ConnectionsTable {
  client: DynamoDBDocumentClient;
  table: string;
  backoff?: Backoff;
}

const keysOf = (connectionIds: readonly string[]) =>
  [...new Set(connectionIds)].map((connectionId) => ({ connectionId }));

export function createConnections({ client, table, backoff }: ConnectionsTable): Connections {
  return {
    async add({ connectionId, userId, connectedAt }) {
      const expiresAt = Math.ceil((connectedAt + CONNECTION_LIFETIME_MS) / 1000);
      const Item = { v: 1, connectionId, userId, connectedAt, expiresAt };
      await reach('The service', () => client.send(new PutCommand({ TableName: table, Item })));
    },

    remove: (connectionIds) =>
      reach('The service', () => batchDelete(client, table, keysOf(connectionIds), backoff)),

    async connectedAt(connectionIds) {
      const items = await reach('The service', () =>
        batchGet(client, table, keysOf(connectionIds), backoff),
      );
      return new Map(
        items
          .map((item) => connectionRecordSchema.parse(item))
          .map(({ connectionId, connectedAt }) => [connectionId, connectedAt]),
      );
    },

    async page(limit, after) {
      const { Items = [], LastEvaluatedKey } = await reach('The service', () =>
        client.send(
          new ScanCommand({
            TableName: table,
            ProjectionExpression: 'connectionId, connectedAt',
            Limit: limit,
            ExclusiveStartKey: after === undefined ? undefined : { connectionId: after },
          }),
        ),
      );
      const connections = Items.map((item) => connectionRecordSchema.parse(item));
      if (LastEvaluatedKey === undefined) return { connections };
      return { connections, next: z.string().parse(LastEvaluatedKey.connectionId) };
    },
  };
}
