import type { Clock } from '../clock.ts';
import type { StreamRecord } from './stream-record.ts';

/** How old the records of a stream are. */
export interface RecordAges {
  /** These have just been read. */
  arrived(records: readonly StreamRecord[]): void;
  /** Milliseconds since it was written, never more than it is. */
  of(record: StreamRecord): number;
}

/** A record says in whole seconds when it was written, so most often its arrival tells more. */
export function createRecordAges(clock: Pick<Clock, 'now'>): RecordAges {
  const arrivals = new WeakMap<StreamRecord, number>();
  return {
    arrived(records) {
      const now = clock.now();
      for (const record of records) arrivals.set(record, now);
    },
    of(record) {
      const now = clock.now();
      const endOfItsSecond = record.dynamodb.ApproximateCreationDateTime * 1_000 + 999;
      return Math.max(0, now - Math.min(arrivals.get(record) ?? now, endOfItsSecond));
    },
  };
}
