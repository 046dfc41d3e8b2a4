import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { createLogReader, type LogReader } from '../domain/log-reader.ts';
import type { Clock, LogPage, MessageLog } from '../domain/ports.ts';
import { fromRows, toRecord } from './message-record.ts';
import { hasName, reach } from './sdk-errors.ts';

interface MessagesTable {
  client: DynamoDBDocumentClient;
  table: string;
}

/** The Messages table as {@link MessageLog}. Reads are strongly consistent: acknowledged is there. */
export function createMessageLog({ client, table }: MessagesTable): MessageLog {
  async function read(roomId: string, seqs: string, from: number, limit: number, forward: boolean) {
    const { Items = [], LastEvaluatedKey } = await reach('The room', () =>
      client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: `roomId = :roomId AND ${seqs}`,
          ExpressionAttributeValues: { ':roomId': roomId, ':from': from },
          ConsistentRead: true,
          ScanIndexForward: forward,
          Limit: limit,
        }),
      ),
    );
    // The last evaluated key is the only sign of the end: a page may also stop at 1 MB.
    return {
      rows: fromRows(Items),
      exhausted: LastEvaluatedKey === undefined,
    } satisfies LogPage;
  }

  return {
    readForward: (roomId, from, limit) => read(roomId, 'seq >= :from', from, limit, true),
    readBackward: (roomId, from, limit) => read(roomId, 'seq <= :from', from, limit, false),

    seal: (stored) =>
      reach('The room', async () => {
        try {
          await client.send(
            new PutCommand({
              TableName: table,
              Item: toRecord(stored),
              ConditionExpression: 'attribute_not_exists(roomId)',
            }),
          );
          return stored;
        } catch (error) {
          if (!hasName(error, 'ConditionalCheckFailedException')) throw error;
        }
        const { roomId, seq } = stored.entry;
        const [existing] = (await read(roomId, 'seq >= :from', seq, 1, true)).rows;
        return existing ?? stored;
      }),
  };
}

interface LogReaderOptions extends MessagesTable {
  clock: Clock;
  retentionMs: number;
}

/** What join, resume and history answer from, each the same. */
export function createTableReader({ clock, retentionMs, ...table }: LogReaderOptions): LogReader {
  return createLogReader({ log: createMessageLog(table), clock, retentionMs });
}
