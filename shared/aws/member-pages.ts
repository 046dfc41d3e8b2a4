import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../domain/ports.ts';
import { reach } from './sdk-errors.ts';

/** What is read of a partition of the Memberships table, and how. */
export interface PageRequest {
  /** Of each row; none: the rows are only counted. */
  attributes: string[];
  consistent: boolean;
  /** Rows of the first page. Absent: as many as DynamoDB takes for one, 1 MB. */
  firstRows?: number;
  /** Rows of every further page; those of the first if absent. */
  rows?: number | undefined;
}

export interface MemberPage {
  rows: Record<string, unknown>[];
  count: number;
}

/** The pages of one partition as they are asked for, one after the other, none ahead. */
export type ReadPages = (partition: string, request: PageRequest) => AsyncGenerator<MemberPage>;

export function createReadPages(options: {
  client: DynamoDBDocumentClient;
  table: string;
  clock: Clock;
}): ReadPages {
  const { client, table, clock } = options;

  return async function* readPages(partition, { attributes, consistent, firstRows, rows }) {
    const projection = attributes.map((name) => `#${name}`).join(', ');
    let limit = firstRows;
    let start: Record<string, unknown> | undefined;
    do {
      const { Items, Count, LastEvaluatedKey } = await reach('The room', () =>
        client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: '#partition = :partition',
            // TTL deletes late: a membership past its time counts as absent.
            FilterExpression: 'expiresAt > :now',
            ...(projection === '' ? { Select: 'COUNT' } : { ProjectionExpression: projection }),
            ExpressionAttributeNames: {
              '#partition': 'partition',
              ...Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
            },
            ExpressionAttributeValues: {
              ':partition': partition,
              ':now': Math.floor(clock.now() / 1000),
            },
            ConsistentRead: consistent,
            ExclusiveStartKey: start,
            Limit: limit,
          }),
        ),
      );
      yield { rows: Items ?? [], count: Count ?? 0 };
      limit = rows ?? firstRows;
      start = LastEvaluatedKey;
    } while (start !== undefined);
  };
}
