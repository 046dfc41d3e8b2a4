import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  type Projection,
  ResourceNotFoundException,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { KeyModel, TableModel } from '../template/model.ts';
import { describeDifferences } from './table-differences.ts';

const POLL_MS = 10;
const ACTIVE_TIMEOUT_MS = 15_000;

/**
 * Creates the tables that are missing and checks the others against the template.
 *
 * TTL stays off in the engine: its own deletions are missing or malformed, and the TTL sweeper does
 * them instead.
 *
 * @returns the engine's stream ARN of each table that has a stream, by table id.
 * @throws Error that lists everything in which existing tables differ.
 */
export async function provisionTables(
  client: DynamoDBClient,
  tables: TableModel[],
): Promise<Record<string, string>> {
  const found = await Promise.all(tables.map((table) => describeTable(client, table.tableName)));
  const problems = tables.flatMap((table, index) => {
    const existing = found[index];
    if (existing === undefined) return [];
    return describeDifferences(table, existing).map((text) => `${table.tableName}: ${text}`);
  });
  if (problems.length > 0) {
    throw new Error(
      `The stored tables differ from the template. ${problems.join('; ')}. ` +
        'Start with a fresh --data directory, or delete these tables.',
    );
  }
  const active = await Promise.all(
    tables.map(async (table, index) => {
      if (found[index] === undefined) await client.send(new CreateTableCommand(inputFor(table)));
      return [table.id, (await waitUntilActive(client, table.tableName)).LatestStreamArn];
    }),
  );
  return Object.fromEntries(active.filter(([, streamArn]) => streamArn !== undefined));
}

async function describeTable(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription | undefined> {
  try {
    return (await client.send(new DescribeTableCommand({ TableName: tableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function waitUntilActive(
  client: DynamoDBClient,
  tableName: string,
): Promise<TableDescription> {
  for (let waitedMs = 0; waitedMs <= ACTIVE_TIMEOUT_MS; waitedMs += POLL_MS) {
    const table = await describeTable(client, tableName);
    if (table?.TableStatus === 'ACTIVE') return table;
    await delay(POLL_MS);
  }
  throw new Error(`The table ${tableName} is not active after ${ACTIVE_TIMEOUT_MS} ms.`);
}

function inputFor(table: TableModel): CreateTableCommandInput {
  return {
    TableName: table.tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: table.attributes.map(({ name, type }) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    KeySchema: keySchema(table.key),
    ...(table.indexes.length > 0 && {
      GlobalSecondaryIndexes: table.indexes.map(({ indexName, key, projection }) => ({
        IndexName: indexName,
        KeySchema: keySchema(key),
        Projection: projectionOf(projection),
      })),
    }),
    ...(table.streamView !== undefined && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: table.streamView },
    }),
  };
}

function keySchema({ partition, sort }: KeyModel): KeySchemaElement[] {
  return [
    { AttributeName: partition, KeyType: 'HASH' },
    ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' as const }]),
  ];
}

function projectionOf(projection: TableModel['indexes'][number]['projection']): Projection {
  return typeof projection === 'string'
    ? { ProjectionType: projection }
    : { ProjectionType: 'INCLUDE', NonKeyAttributes: projection };
}
