import { checkIdentities } from './check-identities.ts';
import { checkLog } from './check-log.ts';
import { checkMembers } from './check-members.ts';
import { checkSends } from './check-sends.ts';
import { checkViews } from './check-views.ts';
import type { FinalState, HistoryEvent } from './history.ts';
import { indexLog } from './log-index.ts';
import type { Report, Verdict, Violation } from './verdict.ts';

/**
 * Decides whether a run kept the promises: what was acknowledged is stored, under one number, once;
 * and every application saw all of it, once, in that order. It knows nothing of how the system
 * works, and judges a simulation and a run against real engines alike. Linear in the history.
 */
export function check(history: readonly HistoryEvent[], final: FinalState): Verdict {
  const violations: Violation[] = [];
  const report: Report = ({ events = [], rows = [], ...violation }) => {
    violations.push({ ...violation, events, rows });
  };
  const log = indexLog(final);

  checkLog(log, report);
  checkIdentities(history, log, report);
  const { lost, storedUnacknowledged } = checkSends(history, log, final, report);
  const { missed, duplicated, reordered } = checkViews(history, log, final, report);
  checkMembers(history, final, report);

  const kinds = new Map<string, number>();
  const faults: Record<string, number> = {};
  const clients = new Set<string>();
  for (const event of history) {
    kinds.set(event.kind, (kinds.get(event.kind) ?? 0) + 1);
    if (event.kind === 'fault') faults[event.fault] = (faults[event.fault] ?? 0) + 1;
    if ('client' in event) clients.add(event.client);
  }
  const count = (kind: HistoryEvent['kind']) => kinds.get(kind) ?? 0;
  const stored = final.log.filter(({ kind }) => kind === 'message').length;
  return {
    violations,
    counts: {
      clients: clients.size,
      rooms: log.rooms.size,
      sent: count('sending'),
      acknowledged: count('acknowledged'),
      refused: count('refused'),
      storedUnacknowledged,
      stored,
      voids: final.log.length - stored,
      shown: count('shown'),
      posted: count('posted'),
      lost: lost + missed,
      duplicated,
      reordered,
      faults,
    },
  };
}
