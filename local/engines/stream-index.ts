import { DatabaseSync } from 'node:sqlite';

/** How long to wait for the engine's own write to finish. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Gives dynoxide's stream records the index that every write of a stream-enabled table looks its
 * sequence number up by; without it, each write reads all records and gets slower with their number.
 * Safe while the engine runs, and a no-op when the index is there.
 */
export function applyStreamIndex(databasePath: string): void {
  const database = new DatabaseSync(databasePath, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.exec(
      'CREATE INDEX IF NOT EXISTS ix_stream ' +
        'ON _stream_records(table_name, CAST(sequence_number AS INTEGER))',
    );
  } finally {
    database.close();
  }
}
