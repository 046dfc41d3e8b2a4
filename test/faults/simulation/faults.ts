import type { Chance } from './chance.ts';

/** Everything that a run may suffer, with the highest chance that a seed gives it per occasion. */
export const FAULTS = {
  'table-slow': { most: 0.15, means: 'a call of a table takes a second or two' },
  'table-throttled': { most: 0.15, means: 'a table refuses a call: too many' },
  'table-unreached': { most: 0.08, means: 'a call times out and has done nothing' },
  'table-reply-lost': { most: 0.08, means: 'a call times out and has done its work' },
  'table-late': { most: 0.05, means: 'a call times out, and does its work seconds later' },
  'table-conflict': { most: 0.2, means: 'a transaction is cancelled for a conflict' },
  'table-left-over': { most: 0.4, means: 'a batch is processed in part' },
  'table-stale': { most: 0.3, means: 'an eventual read shows an earlier state' },
  'queue-throttled': { most: 0.15, means: 'the queue refuses a request' },
  'queue-reply-lost': { most: 0.1, means: 'the queue takes a request and does not say so' },
  'queue-left-over': { most: 0.2, means: 'the queue takes some jobs of a request' },
  'queue-twice': { most: 0.2, means: 'a job is delivered while it is under way already' },
  'queue-late': { most: 0.2, means: 'a job is delivered seconds late' },
  crash: { most: 0.02, means: 'an environment ends at an await' },
  hang: { most: 0.01, means: 'an environment stops at an await, until its timeout' },
  'cold-start': { most: 0.6, means: 'a new environment takes seconds' },
  'skewed-clock': { most: 0.8, means: 'an environment is up to half a second off' },
  'stream-late': { most: 0.3, means: 'the stream shows a record seconds late' },
  'post-throttled': { most: 0.25, means: 'a post is answered with 429' },
  'post-failed': { most: 0.15, means: 'a post is answered with 500' },
  'post-reply-lost': { most: 0.1, means: 'a post times out, and its frame arrives' },
  'post-young-gone': { most: 0.9, means: 'a connection answers 410 in its first seconds' },
  'push-lost': { most: 0.3, means: 'a post is answered with 200, and its frame is lost' },
  'push-late': { most: 0.4, means: 'a frame is overtaken by later ones' },
  'reply-lost': { most: 0.1, means: 'the reply to a request is lost on an open connection' },
  'disconnect-lost': { most: 0.9, means: '$disconnect is never invoked' },
} as const;

/** What happens at a planned time instead of by chance at every occasion. */
export const PLANNED_FAULTS = {
  cut: 'a connection ends, and both sides notice',
  'cut-unnoticed': 'a connection ends, and the gateway does not notice',
  'cut-silent': 'a connection carries nothing any more, and neither side notices',
  restart: 'an application ends and starts again with what it has stored',
  deploy: 'every environment is replaced',
  'stream-replayed': 'the stream mapping goes back to an earlier record',
  'table-outage': 'the tables refuse nearly everything for seconds',
  'queue-outage': 'the queue refuses nearly everything for seconds',
  'post-outage': 'the gateway refuses nearly every post for seconds',
} as const;

/** What strikes while an outage lasts. */
export const OUTAGES = {
  'table-outage': 'table-throttled',
  'queue-outage': 'queue-throttled',
  'post-outage': 'post-failed',
} as const satisfies Partial<Record<PlannedFault, Fault>>;

export type Outage = keyof typeof OUTAGES;

const OUTAGE_RATE = 0.9;

export type Fault = keyof typeof FAULTS;
export type PlannedFault = keyof typeof PLANNED_FAULTS;

/** Chances, 0 to 1, of the faults of one seed. Absent: never. */
export type FaultRates = Partial<Record<Fault, number>>;

export interface Faults {
  /** Whether the fault strikes at this moment; what strikes is told to `onStrike`. */
  strikes(fault: Fault, moment: string): boolean;
  begin(outage: Outage): void;
  subside(outage: Outage): void;
  /** From now on nothing strikes any more. */
  end(): void;
}

export interface FaultsOptions {
  rates: FaultRates;
  chance: Chance;
  /** The only faults that may strike, by the ids they strike with. Absent: all. */
  kept: ReadonlySet<string> | undefined;
  onStrike(fault: Fault, id: string): void;
}

export function createFaults({ rates, chance, kept, onStrike }: FaultsOptions): Faults {
  const outages = new Set<Fault>();
  let ended = false;
  return {
    strikes(fault, moment) {
      const rate = outages.has(fault) ? OUTAGE_RATE : rates[fault];
      if (ended || rate === undefined) return false;
      const id = `${fault} @ ${moment}`;
      if (chance.of(id) >= rate || kept?.has(id) === false) return false;
      onStrike(fault, id);
      return true;
    },
    begin: (outage) => void outages.add(OUTAGES[outage]),
    subside: (outage) => void outages.delete(OUTAGES[outage]),
    end() {
      ended = true;
    },
  };
}
