const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Formats epoch milliseconds as API Gateway's `requestTime`: `16/Mar/2025:00:46:22 +0000`. */
export function formatRequestTime(epochMs: number): string {
  const time = new Date(epochMs);
  const day = String(time.getUTCDate()).padStart(2, '0');
  const month = MONTHS[time.getUTCMonth()] ?? '';
  return `${day}/${month}/${time.getUTCFullYear()}:${time.toISOString().slice(11, 19)} +0000`;
}
