/**
 * A value as JSON that a queue takes. SQS accepts the characters of XML 1.0 only. JSON escapes the
 * control characters and lone surrogates by itself, which leaves U+FFFE and U+FFFF; surrogate pairs,
 * which SQS takes and other queues refuse, are escaped as well.
 */
export function toSqsJson(value: object): string {
  return JSON.stringify(value).replace(
    /[\uD800-\uDFFF\uFFFE\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16)}`,
  );
}
