/** `digits` random hexadecimal digits from `random` (0 ≤ n < 1), so that a seed repeats a run. */
export function randomHex(random: () => number, digits: number): string {
  let hex = '';
  while (hex.length < digits) hex += Math.floor(random() * 16).toString(16);
  return hex;
}

/** A request id in the form of a version-4 UUID. */
export function createRequestId(random: () => number): string {
  const hex = randomHex(random, 30);
  const variant = '89ab'[Math.floor(random() * 4)] ?? '8';
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(12, 15)}`,
    `${variant}${hex.slice(15, 18)}`,
    hex.slice(18, 30),
  ].join('-');
}

/** An unsampled X-Ray trace header, as Lambda puts into `_X_AMZN_TRACE_ID` for each invocation. */
export function createTraceId(random: () => number, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${randomHex(random, 24)};Parent=${randomHex(random, 16)};Sampled=0`;
}
