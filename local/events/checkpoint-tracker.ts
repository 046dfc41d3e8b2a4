/**
 * Knows how far a shard is finished when parallel lanes finish out of order: the checkpoint is the
 * last record before the first unfinished one.
 */
export interface CheckpointTracker {
  /** Call in stream order. */
  started(sequenceNumber: string): void;
  /** Returns the new checkpoint, if this moved it. */
  finished(sequenceNumbers: Iterable<string>): string | undefined;
  /** Records started and not finished. */
  pending(): number;
}

export function createCheckpointTracker(): CheckpointTracker {
  /** In stream order; the value tells whether the record is finished. */
  const records = new Map<string, boolean>();
  let open = 0;
  return {
    started(sequenceNumber) {
      records.set(sequenceNumber, false);
      open += 1;
    },
    finished(sequenceNumbers) {
      for (const sequenceNumber of sequenceNumbers) {
        if (records.get(sequenceNumber) !== false) continue;
        records.set(sequenceNumber, true);
        open -= 1;
      }
      let checkpoint: string | undefined;
      for (const [sequenceNumber, done] of records) {
        if (!done) break;
        checkpoint = sequenceNumber;
        records.delete(sequenceNumber);
      }
      return checkpoint;
    },
    pending: () => open,
  };
}
