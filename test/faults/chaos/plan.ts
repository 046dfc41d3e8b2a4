/** Everything that a run does to the stack, and to its clients. */
export const FAULTS = {
  'deliver-killed': 'an environment of the deliver function ends while it has a post under way',
  'send-killed': 'an environment of the send function ends in the middle of a send',
  'fan-out-killed': 'an environment of the fan-out function ends in the middle of a batch',
  'queue-stopped': 'the queue engine is away for five seconds',
  'database-restarted': 'the database engine is away for a moment and comes back',
  'stream-replayed': 'the streams are read again from an earlier record on',
  'clients-paused':
    'some clients of a room stop reading, and all buffers on the way to them are full',
  'connections-cut': 'a tenth of the connections ends without a close frame',
  'posts-throttled': 'most posts to connections are answered with 429',
  'posts-lost': 'a third of the posts is answered with 200 and never arrives',
} as const;

export type FaultKind = keyof typeof FAULTS;

export interface PlannedFault {
  kind: FaultKind;
  /** After the start of the run. */
  atMs: number;
  /** How long it lasts, for those that last. */
  forMs: number;
  /** From 0 to below 1: chooses whom it meets. */
  draw: number;
}

const KINDS = Object.keys(FAULTS) as FaultKind[];

/** One fault in so many milliseconds, and no fewer than every kind once. */
const INTERVAL_MS = 3_000;

const DURATIONS_MS: Partial<Record<FaultKind, readonly [from: number, to: number]>> = {
  'queue-stopped': [5_000, 5_000],
  'database-restarted': [200, 1_500],
  'stream-replayed': [1_000, 3_000],
  'clients-paused': [6_000, 10_000],
  'posts-throttled': [2_000, 4_000],
  'posts-lost': [2_000, 4_000],
};

/**
 * Spreads faults over a run: every kind as often as every other, give or take one, in a new order
 * each time round. What lasts overlaps with what comes next.
 */
export function planFaults(runMs: number, random: () => number): PlannedFault[] {
  const count = Math.max(KINDS.length, Math.round(runMs / INTERVAL_MS));
  const slotMs = (runMs * 0.85) / count;
  const kinds: FaultKind[] = [];
  while (kinds.length < count) kinds.push(...shuffle(KINDS, random));
  return kinds.slice(0, count).map((kind, slot) => {
    const [from, to] = DURATIONS_MS[kind] ?? [0, 0];
    return {
      kind,
      atMs: Math.round(runMs * 0.05 + slotMs * (slot + random())),
      forMs: Math.round(from + (to - from) * random()),
      draw: random(),
    };
  });
}

function shuffle<T>(values: readonly T[], random: () => number): T[] {
  return values
    .map((value) => ({ value, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
