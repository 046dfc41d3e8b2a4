import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ENGINE_CREDENTIALS } from '../../../local/engines/credentials.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { fromRecord } from '../../../shared/aws/message-record.ts';
import type { FinalState, LogRow } from '../checker/history.ts';

type Tables = Pick<LocalStack, 'model' | 'dynamoDb'>;

const membershipSchema = z.object({ partition: z.string(), member: z.string() });
const ROOM_PARTITION = /^room#(.*)#\d+$/;

/** Every row of every room's log, past the functions that are under test. */
export async function readLog(tables: Tables): Promise<LogRow[]> {
  return (await readTable(tables, 'MESSAGES_TABLE')).map((item) => fromRecord(item).entry);
}

/** Every membership, as the fan-out finds it. */
export async function readMembers(tables: Tables): Promise<FinalState['members']> {
  const rows = await readTable(tables, 'MEMBERSHIPS_TABLE');
  return rows.flatMap((item) => {
    const { partition, member } = membershipSchema.parse(item);
    const roomId = ROOM_PARTITION.exec(partition)?.[1];
    return roomId === undefined ? [] : [{ roomId, connectionId: member }];
  });
}

/** @param variable under which the functions know the table */
async function readTable({ model, dynamoDb }: Tables, variable: string): Promise<unknown[]> {
  const variables = Object.assign({}, ...model.functions.map(({ environment }) => environment));
  const engine = new DynamoDBClient({
    endpoint: dynamoDb.endpoint,
    region: model.region,
    credentials: ENGINE_CREDENTIALS,
  });
  try {
    const client = DynamoDBDocumentClient.from(engine);
    const scan = { TableName: variables[variable], ConsistentRead: true };
    const rows: unknown[] = [];
    for await (const { Items = [] } of paginateScan({ client }, scan)) rows.push(...Items);
    return rows;
  } finally {
    engine.destroy();
  }
}
