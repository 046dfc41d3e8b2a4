import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock.ts';
import type { TableModel } from '../template/model.ts';
import type { TtlDeletions } from './ttl-deletions.ts';

const SWEEP_INTERVAL_MS = 60_000;
/** DynamoDB takes a time that is further back than this for a mistake and keeps the row. */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 60 * 60;
/** One sweep reads at most pages × rows of a table, and goes on there the next time. */
const PAGES_PER_SWEEP = 20;
const ROWS_PER_PAGE = 500;
const PARALLEL_DELETES = 10;

type Row = Record<string, AttributeValue>;

export interface TtlSweeperOptions {
  tables: TableModel[];
  client: DynamoDBClient;
  clock: Clock;
  deletions: TtlDeletions;
  intervalMs?: number;
  onProblem(problem: string): void;
}

export interface TtlSweeper {
  start(): void;
  /** Cuts a sweep that is under way short, and resolves once it has ended. */
  stop(): Promise<void>;
  /** Deletes what has expired at `now` (milliseconds since the epoch); resolves to the number of rows. */
  sweepOnce(now: number): Promise<number>;
}

/**
 * Deletes expired rows in DynamoDB's place. A row that is renewed while it is being deleted stays:
 * the delete is conditional on the expiry that was read. A failed sweep is reported and tried again
 * at the next interval.
 */
export function createTtlSweeper(options: TtlSweeperOptions): TtlSweeper {
  const { client, clock, deletions } = options;
  const intervalMs = options.intervalMs ?? SWEEP_INTERVAL_MS;
  const cursors = new Map<string, Row>();
  let running = false;
  let interrupted = false;
  let cancel = () => {};
  let sweeping: Promise<void> = Promise.resolve();

  async function sweepTable(table: TableModel, attribute: string, now: number): Promise<number> {
    const nowSeconds = Math.floor(now / 1_000);
    let deleted = 0;
    for (let page = 0; page < PAGES_PER_SWEEP; page += 1) {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new ScanCommand({
          TableName: table.tableName,
          Limit: ROWS_PER_PAGE,
          ExclusiveStartKey: cursors.get(table.id),
          FilterExpression: '#expiry <= :now AND #expiry > :oldest',
          ExpressionAttributeNames: { '#expiry': attribute },
          ExpressionAttributeValues: {
            ':now': { N: String(nowSeconds) },
            ':oldest': { N: String(nowSeconds - OLDEST_EXPIRY_SECONDS) },
          },
        }),
      );
      for (let first = 0; first < Items.length; first += PARALLEL_DELETES) {
        if (interrupted) return deleted;
        const rows = Items.slice(first, first + PARALLEL_DELETES);
        const results = await Promise.all(rows.map((row) => deleteRow(table, attribute, row)));
        deleted += results.filter(Boolean).length;
      }
      if (LastEvaluatedKey === undefined) {
        cursors.delete(table.id);
        break;
      }
      cursors.set(table.id, LastEvaluatedKey);
    }
    return deleted;
  }

  async function deleteRow(table: TableModel, attribute: string, row: Row): Promise<boolean> {
    const key = keyOf(table, row);
    const expiry = row[attribute];
    if (expiry === undefined) return false;
    // Noted first: the stream may show the record before the delete has returned.
    if (table.streamView !== undefined) deletions.note(table.tableName, key);
    try {
      await client.send(
        new DeleteItemCommand({
          TableName: table.tableName,
          Key: key,
          ConditionExpression: '#expiry = :expiry',
          ExpressionAttributeNames: { '#expiry': attribute },
          ExpressionAttributeValues: { ':expiry': expiry },
        }),
      );
      return true;
    } catch (error) {
      if (table.streamView !== undefined) deletions.forget(table.tableName, key);
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async function sweepOnce(now: number): Promise<number> {
    let deleted = 0;
    for (const table of options.tables) {
      if (table.ttlAttribute === undefined) continue;
      deleted += await sweepTable(table, table.ttlAttribute, now);
    }
    return deleted;
  }

  function scheduleNext(): void {
    cancel = clock.after(intervalMs, () => {
      sweeping = sweepOnce(clock.now())
        .catch((error: unknown) => options.onProblem(`The TTL sweep failed: ${String(error)}`))
        .then(() => {
          if (running) scheduleNext();
        });
    });
  }

  return {
    start: () => {
      if (running) return;
      running = true;
      interrupted = false;
      scheduleNext();
    },
    stop: async () => {
      running = false;
      interrupted = true;
      cancel();
      await sweeping;
    },
    sweepOnce,
  };
}

function keyOf({ key }: TableModel, row: Row): Row {
  const names = [key.partition, ...(key.sort === undefined ? [] : [key.sort])];
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}
