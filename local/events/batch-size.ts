/** Lambda's limit for the event of one invocation, less some room for the `Records` envelope. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024 - 1024;

/** How many of `records`, from the first, fit into one batch; at least one when there is any. */
export function batchLength(records: readonly { bytes: number }[], batchSize: number): number {
  let bytes = 0;
  let length = 0;
  for (const record of records) {
    bytes += record.bytes + 1;
    if (length === batchSize || (length > 0 && bytes > MAX_EVENT_BYTES)) break;
    length += 1;
  }
  return length;
}

/** Whether waiting longer could not make the next batch any bigger. */
export function isFullBatch(records: readonly { bytes: number }[], batchSize: number): boolean {
  const length = batchLength(records, batchSize);
  return length === batchSize || length < records.length;
}

/** Bytes that a record takes in the event. */
export function eventBytes(record: unknown): number {
  return Buffer.byteLength(JSON.stringify(record));
}
