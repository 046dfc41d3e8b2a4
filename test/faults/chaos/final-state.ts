import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ENGINE_CREDENTIALS } from '../../../local/engines/credentials.ts';
import type { LocalStack } from '../../../local/stack.ts';
import { fromRecord } from '../../../shared/aws/message-record.ts';
import type { FinalConnection, FinalState, LogRow } from '../checker/history.ts';

const membershipSchema = z.object({ partition: z.string(), member: z.string() });
const ROOM_PARTITION = /^room#(.*)#\d+$/;

/**
 * Reads what stands in the tables, past the functions that are under test, and who is connected.
 *
 * @param roomsOf where each client is a member
 */
export async function readFinalState(
  stack: Pick<LocalStack, 'model' | 'dynamoDb' | 'gateway'>,
  roomsOf: ReadonlyMap<string, string>,
): Promise<FinalState> {
  const { model, gateway } = stack;
  const engine = new DynamoDBClient({
    endpoint: stack.dynamoDb.endpoint,
    region: model.region,
    credentials: ENGINE_CREDENTIALS,
  });
  const client = DynamoDBDocumentClient.from(engine);
  const variables: Record<string, string> = Object.assign(
    {},
    ...model.functions.map(({ environment }) => environment),
  );

  async function* rowsOf(variable: string) {
    const scan = { TableName: variables[variable], ConsistentRead: true };
    for await (const { Items = [] } of paginateScan({ client }, scan)) yield* Items;
  }

  try {
    const log: LogRow[] = [];
    for await (const item of rowsOf('MESSAGES_TABLE')) log.push(fromRecord(item).entry);
    const members: { roomId: string; connectionId: string }[] = [];
    for await (const item of rowsOf('MEMBERSHIPS_TABLE')) {
      const { partition, member } = membershipSchema.parse(item);
      const roomId = ROOM_PARTITION.exec(partition)?.[1];
      if (roomId !== undefined) members.push({ roomId, connectionId: member });
    }
    const connections = gateway
      .openConnections()
      .map(({ connectionId, authorizer }): FinalConnection => {
        const name = authorizer?.principalId ?? '';
        const room = roomsOf.get(name);
        return { connectionId, client: name, alive: true, rooms: room === undefined ? [] : [room] };
      });
    return { log, members, connections };
  } finally {
    engine.destroy();
  }
}
