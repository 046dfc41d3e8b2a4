import { counted, layOut } from '../common/table.ts';
import type { Verdict } from './judge.ts';
import type { SweptTable } from './sweep.ts';

type Seen = Verdict | 'unreadable';

export interface SweepReport {
  add(table: SweptTable, verdict: Seen, rows: number): void;
  /** In one line. */
  summary(): string;
  /** A row for each table and verdict; empty when there was no row at all. */
  table(): string;
  count(verdict: Seen): number;
}

const FATES: Record<Seen, string> = {
  alive: 'open: stays',
  young: 'of the last minute: stays',
  gone: 'gone: ',
  expired: 'expired: ',
  unknown: 'not answered for: stays',
  unreadable: 'of another format: stays',
};

export function createSweepReport(dryRun: boolean): SweepReport {
  const counts = new Map<string, { table: SweptTable; verdict: Seen; rows: number }>();
  const removed = dryRun ? 'would be removed' : 'removed';
  const isDead = (verdict: Seen) => verdict === 'gone' || verdict === 'expired';

  const count = (matches: (verdict: Seen) => boolean) =>
    [...counts.values()]
      .filter(({ verdict }) => matches(verdict))
      .reduce((sum, { rows }) => sum + rows, 0);

  return {
    add(table, verdict, rows) {
      const key = `${table} ${verdict}`;
      const before = counts.get(key)?.rows ?? 0;
      counts.set(key, { table, verdict, rows: before + rows });
    },
    count: (verdict) => count((other) => other === verdict),
    summary: () => `${counted(count(isDead), 'row')} ${removed}, ${count((v) => !isDead(v))} kept`,
    table() {
      if (counts.size === 0) return '';
      const rows = [...counts.values()]
        .toSorted((a, b) => a.table.localeCompare(b.table) || b.rows - a.rows)
        .map(({ table, verdict, rows }) => [
          String(rows),
          table,
          FATES[verdict] + (isDead(verdict) ? removed : ''),
        ]);
      return layOut([['rows', 'table', ''], ...rows]);
    },
  };
}
