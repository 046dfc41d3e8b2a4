import { countMissing, countNumbers } from './number-ranges.ts';
import type { Observations } from './observations.ts';

/** What applications were shown, against what was acknowledged to senders. */
export interface DeliveryCounts {
  /** Every member of a room is to be shown everything that was acknowledged after it was live. */
  expected: number;
  lost: number;
  duplicated: number;
  reordered: number;
  /** Members that never became live. */
  notLive: number;
}

export function countDeliveries({ acknowledged, members }: Observations): DeliveryCounts {
  const counts = { expected: 0, lost: 0, duplicated: 0, reordered: 0, notLive: 0 };
  for (const { roomId, since, shown, duplicated, reordered } of members) {
    if (since === undefined) {
      counts.notLive += 1;
      continue;
    }
    const stored = acknowledged[roomId] ?? [];
    counts.expected += countNumbers(stored, since);
    counts.lost += countMissing(stored, shown, since);
    counts.duplicated += duplicated;
    counts.reordered += reordered;
  }
  return counts;
}
