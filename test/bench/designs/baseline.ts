import { randomUUID } from 'node:crypto';
import {
  ApiGatewayManagementApiClient,
  GoneException,
  LimitExceededException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
  ScanCommand,
  type ScanCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import pLimit from 'p-limit';
import { CONNECTIONS_TABLE, MESSAGES_TABLE, ROOM_INDEX } from './baseline-tables.ts';

/** How a baseline finds the members of a room. */
export type Finding = 'scan' | 'index';

export interface BaselineReport {
  unitsWritten: number;
  unitsRead: number;
  /** Who was refused until the client gave up: nobody tells them of this message any more. */
  missed: number;
}

/** Handles a message from its request to its last member, as one Lambda behind one route. */
export type Baseline = (roomId: string, text: string) => Promise<BaselineReport>;

/** As many as the SDK's client opens sockets. */
const POSTS_AT_ONCE = 50;

/** Two more than the SDK's default: whoever writes this well has met a 429 before. */
const ATTEMPTS = 5;

const DELETES_PER_REQUEST = 25;

/**
 * What people start from: store the message, find who is in the room, post to each of them, tidy up
 * those that are gone, and answer the sender. All pages are read, posts are bounded, one that fails
 * does not stop the others.
 */
export function createBaseline(
  client: DynamoDBDocumentClient,
  endpoint: string,
  finding: Finding,
): Baseline {
  const management = new ApiGatewayManagementApiClient({ endpoint, maxAttempts: ATTEMPTS });

  return async (roomId, text) => {
    const report: BaselineReport = { unitsWritten: 0, unitsRead: 0, missed: 0 };
    const messageId = randomUUID();
    const sentAt = new Date().toISOString();
    const item = { roomId, sentAt: `${sentAt}#${messageId}`, userId: 'user-0', text };
    const stored = await client.send(
      new PutCommand({ TableName: MESSAGES_TABLE, Item: item, ReturnConsumedCapacity: 'TOTAL' }),
    );
    report.unitsWritten += stored.ConsumedCapacity?.CapacityUnits ?? 0;

    const frame = JSON.stringify({ type: 'message', roomId, messageId, sentAt, text });
    const gone: string[] = [];
    const limit = pLimit(POSTS_AT_ONCE);
    for await (const page of pagesOf(roomId, report)) {
      await limit.map(page, async (connectionId) => {
        const outcome = await post(connectionId, frame);
        if (outcome === 'gone') gone.push(connectionId);
        else if (outcome === 'missed') report.missed += 1;
      });
    }
    await removeAll(gone, report);
    return report;
  };

  async function post(
    connectionId: string,
    frame: string,
  ): Promise<'delivered' | 'gone' | 'missed'> {
    try {
      await management.send(
        new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame }),
      );
      return 'delivered';
    } catch (error) {
      if (error instanceof GoneException) return 'gone';
      if (error instanceof LimitExceededException) return 'missed';
      throw error;
    }
  }

  async function* pagesOf(roomId: string, report: BaselineReport): AsyncGenerator<string[]> {
    let start: Record<string, unknown> | undefined;
    do {
      const page = await readPage(roomId, start);
      report.unitsRead += page.ConsumedCapacity?.CapacityUnits ?? 0;
      yield (page.Items ?? []).map(({ connectionId }) => String(connectionId));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  function readPage(
    roomId: string,
    start: Record<string, unknown> | undefined,
  ): Promise<ScanCommandOutput | QueryCommandOutput> {
    const wanted = {
      TableName: CONNECTIONS_TABLE,
      ExpressionAttributeValues: { ':room': roomId },
      ProjectionExpression: 'connectionId',
      ReturnConsumedCapacity: 'TOTAL' as const,
      ...(start !== undefined && { ExclusiveStartKey: start }),
    };
    return finding === 'scan'
      ? client.send(new ScanCommand({ ...wanted, FilterExpression: 'roomId = :room' }))
      : client.send(
          new QueryCommand({
            ...wanted,
            IndexName: ROOM_INDEX,
            KeyConditionExpression: 'roomId = :room',
          }),
        );
  }

  async function removeAll(connectionIds: readonly string[], report: BaselineReport) {
    for (let first = 0; first < connectionIds.length; first += DELETES_PER_REQUEST) {
      let requests: Record<string, { DeleteRequest: { Key: object } }[]> | undefined = {
        [CONNECTIONS_TABLE]: connectionIds
          .slice(first, first + DELETES_PER_REQUEST)
          .map((connectionId) => ({ DeleteRequest: { Key: { connectionId } } })),
      };
      while (requests !== undefined && Object.keys(requests).length > 0) {
        const done: Awaited<ReturnType<typeof removeSome>> = await removeSome(requests);
        for (const { CapacityUnits = 0 } of done.ConsumedCapacity ?? []) {
          report.unitsWritten += CapacityUnits;
        }
        requests = done.UnprocessedItems as typeof requests;
      }
    }
  }

  function removeSome(requests: Record<string, { DeleteRequest: { Key: object } }[]>) {
    return client.send(
      new BatchWriteCommand({
        RequestItems: requests as never,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
  }
}
