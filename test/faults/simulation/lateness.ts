import type { Wire } from './gateway.ts';
import type { Complaint } from './observer.ts';

/** The library's defaults: how long an early message waits for the one before it, and a pull for the next. */
const HOLD_BACK_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;

/** Finds pulls for what was only late: it came by itself within the time that the library waits. */
export function createLateness(now: () => number, complaints: Complaint[]) {
  /** By client and room, whatever the connection: which numbers were pushed when, and which head was told. */
  const pushes = new Map<string, { at: number; seqs: number[]; head: number }[]>();
  const catchingUp = new Set<string>();
  const pulls: { key: string; after: number; at: number; evidenceAt: number }[] = [];

  return {
    /** A push, or an answer, which is no push but tells the head. */
    onFrame(wire: Wire, roomId: string, head: number, seqs: number[] = []): void {
      const key = `${wire.client} ${roomId}`;
      const earlier = pushes.get(key) ?? [];
      pushes.set(key, earlier);
      earlier.push({ at: now(), seqs, head: Math.max(head, ...seqs) });
      for (const pull of pulls) {
        const seq = pull.after + 1;
        const lateMs = now() - pull.evidenceAt;
        if (pull.key !== key || !seqs.includes(seq) || lateMs >= HOLD_BACK_MS) continue;
        const message = `${wire.client} asked ${roomId} for ${seq}, which came by itself ${lateMs} ms after a later one.`;
        complaints.push({ rule: 'needless-pull', roomId, client: wire.client, seq, message });
      }
    },
    /** The next pull goes on where an answer was cut off. */
    onMore(wire: Wire, roomId: string): void {
      catchingUp.add(`${wire.client} ${roomId}`);
    },
    onPull(wire: Wire, roomId: string, after: number): void {
      const key = `${wire.client} ${roomId}`;
      const previous = pulls.findLast((pull) => pull.key === key)?.at ?? Number.NEGATIVE_INFINITY;
      const earlier = pushes.get(key) ?? [];
      const evidence = earlier.find(({ head }) => head > after);
      // A pull that brought too little is repeated with backoff, whatever comes meanwhile.
      const goesOn = catchingUp.delete(key);
      const isRepeated = goesOn || now() - previous < BACKOFF_MAX_MS;
      const hasCome = earlier.some(({ seqs }) => seqs.includes(after + 1));
      const evidenceAt =
        isRepeated || hasCome
          ? Number.NEGATIVE_INFINITY
          : (evidence?.at ?? Number.NEGATIVE_INFINITY);
      pulls.push({ key, after, at: now(), evidenceAt });
    },
  };
}
