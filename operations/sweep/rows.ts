import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { batchDelete } from '../../shared/aws/dynamodb.ts';

export type RowKey = Record<string, string>;

/** A row that belongs to one connection. Times are milliseconds since the epoch. */
export interface Row {
  connectionId: string;
  key: RowKey;
  writtenAt: number;
  expiresAt: number;
}

export interface RowPage {
  rows: Row[];
  /** Rows of another format; left alone. */
  unreadable: number;
  /** Where to read on; absent, this was the last page. */
  next?: RowKey;
}

/** A table whose rows belong to connections. */
export interface Rows {
  /** @param after the `next` of the page before; absent at the start. */
  page(limit: number, after?: RowKey): Promise<RowPage>;
  /** Idempotent. */
  remove(rows: readonly Pick<Row, 'key'>[]): Promise<void>;
}

const seconds = z.number().transform((value) => value * 1_000);

const connectionSchema = z
  .object({ connectionId: z.string(), connectedAt: z.number(), expiresAt: seconds })
  .transform(
    ({ connectionId, connectedAt, expiresAt }): Row => ({
      connectionId,
      key: { connectionId },
      writtenAt: connectedAt,
      expiresAt,
    }),
  );

/** A membership stands in the table twice, and either side may be what is left of it. */
const membershipSchema = z
  .object({
    partition: z.string().regex(/^(room#[^#]+#\d+|connection#.+)$/),
    member: z.string(),
    joinedAt: z.number(),
    expiresAt: seconds,
  })
  .transform(
    ({ partition, member, joinedAt, expiresAt }): Row => ({
      connectionId: partition.startsWith('room#') ? member : partition.replace('connection#', ''),
      key: { partition, member },
      writtenAt: joinedAt,
      expiresAt,
    }),
  );

interface Table {
  client: DynamoDBDocumentClient;
  table: string;
}

export const createConnectionRows = (table: Table): Rows => createRows(table, connectionSchema);

export const createMembershipRows = (table: Table): Rows => createRows(table, membershipSchema);

function createRows({ client, table }: Table, schema: z.ZodType<Row>): Rows {
  return {
    async page(Limit, after) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({ TableName: table, Limit, ExclusiveStartKey: after }),
      );
      const rows = Items.flatMap((item) => schema.safeParse(item).data ?? []);
      return {
        rows,
        unreadable: Items.length - rows.length,
        ...(LastEvaluatedKey !== undefined && { next: LastEvaluatedKey }),
      };
    },
    remove: (rows) =>
      batchDelete(
        client,
        table,
        rows.map(({ key }) => key),
      ),
  };
}
