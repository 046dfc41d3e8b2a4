import { ASSUMPTIONS, PRICES } from '../platform.ts';
import type { Letter } from './fair-queue.ts';

/** What a request that moves these letters is billed as. */
export function billedRequests(letters: readonly Letter[]): number {
  const { jobEnvelopeBytes, connectionIdBytes } = ASSUMPTIONS;
  let bytes = 0;
  for (const { parts } of letters) {
    bytes += jobEnvelopeBytes + (parts[0]?.members ?? 0) * connectionIdBytes;
    for (const { frame } of parts) bytes += frame.bytes;
  }
  return Math.ceil(bytes / PRICES.sqs.meteredBytes);
}
