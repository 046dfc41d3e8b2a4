import { refusedShare } from './curves.ts';
import type { SimulationResult } from './simulate.ts';

/** A run as a row of the table. */
export function rowOf(result: SimulationResult): Record<string, string | number> {
  const { toEachMember, toTheLastMember, rooms, mostAtOnce } = result;
  return {
    'messages/s': Math.round(result.offered),
    'refused, %': refusedShare(result),
    'requests/s': Math.round(result.requests),
    'of the quota, %': result.quotaShare * 100,
    'frames per member and message': result.postsPerMemberAndMessage,
    'each member, p50': duration(toEachMember.p50),
    p99: duration(toEachMember.p99),
    'last member, p50': duration(toTheLastMember.p50),
    'p99 ': duration(toTheLastMember.p99),
    'rooms that waited, %': (rooms.gathered / rooms.active) * 100,
    'rooms limited, %': (rooms.limited / rooms.active) * 100,
    '3-deliver at once': mostAtOnce.deliver,
    '429s/s': result.refusedPosts,
    'a million': dollars(result.perMillionMessages),
  };
}

/** What had not happened when the run was over is later than it lasted. */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return 'not in time';
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

export const dollars = (value: number): string => `$${Math.round(value).toLocaleString('en-US')}`;
