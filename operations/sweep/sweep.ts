import { isDead, type Judge, type Verdict } from './judge.ts';
import type { Row, RowKey, RowPage, Rows } from './rows.ts';

/** In this order: a connection that is gone is removed before its memberships are looked at. */
export const SWEPT_TABLES = ['connections', 'memberships'] as const;
export type SweptTable = (typeof SWEPT_TABLES)[number];

/** Where a run goes on. */
export interface SweepCursor {
  table: SweptTable;
  after?: RowKey | undefined;
}

/** Why a run ended: everything was looked at, it was told to, or the gateway answered nobody. */
export type SweepEnd = { kind: 'done' } | { kind: 'stopped' | 'refused'; cursor: SweepCursor };

export interface SweepOptions {
  tables: Record<SweptTable, Rows>;
  judge: Judge;
  dryRun: boolean;
  from?: SweepCursor | undefined;
  /** Aborted, the run begins no further page. */
  signal: AbortSignal;
  /** Waits until so many rows may be removed. */
  pace: (rows: number) => Promise<void>;
  /** Called with every row once what follows from its verdict has been done. */
  onVerdict: (table: SweptTable, verdict: Verdict | 'unreadable', rows: number) => void;
}

/** Rows looked at together: one request for their connections, at most four to remove them. */
export const PAGE_ROWS = 100;

/**
 * Looks at every row that belongs to a connection, and removes those whose connection is gone.
 *
 * A connection that is gone stays gone, so it may be stopped at any time, run again, and run while
 * others remove the same rows.
 */
export async function sweep(options: SweepOptions): Promise<SweepEnd> {
  const { tables, judge, dryRun, signal, pace, onVerdict } = options;

  async function settle(table: SweptTable, verdicts: Map<Row, Verdict>): Promise<void> {
    const dead = [...verdicts].filter(([, verdict]) => isDead(verdict)).map(([row]) => row);
    if (!dryRun && dead.length > 0) {
      await pace(dead.length);
      await tables[table].remove(dead);
    }
    for (const verdict of verdicts.values()) onVerdict(table, verdict, 1);
  }

  let cursor: SweepCursor | undefined = options.from ?? { table: SWEPT_TABLES[0] };
  while (cursor !== undefined) {
    const { table, after }: SweepCursor = cursor;
    if (signal.aborted) return { kind: 'stopped', cursor };
    const { rows, unreadable, next }: RowPage = await tables[table].page(PAGE_ROWS, after);
    const verdicts = await judge[table](rows);
    // Asked while the run was being stopped: what the gateway was not asked about is not known.
    if (signal.aborted) return { kind: 'stopped', cursor };
    if (isRefused(verdicts)) return { kind: 'refused', cursor };
    await settle(table, verdicts);
    if (unreadable > 0) onVerdict(table, 'unreadable', unreadable);
    cursor = next === undefined ? nextTable(table) : { table, after: next };
  }
  return { kind: 'done' };
}

function nextTable(table: SweptTable): SweepCursor | undefined {
  const following = SWEPT_TABLES[SWEPT_TABLES.indexOf(table) + 1];
  return following === undefined ? undefined : { table: following };
}

/** Some may go unanswered; when these many do, and nobody else, then nobody answers. */
const UNANSWERED_MAX = 10;

function isRefused(verdicts: Map<Row, Verdict>): boolean {
  const answers = [...verdicts.values()].filter((verdict) => verdict !== 'young');
  return answers.length >= UNANSWERED_MAX && answers.every((verdict) => verdict === 'unknown');
}
