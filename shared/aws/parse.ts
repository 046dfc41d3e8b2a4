import type * as z from 'zod';

/**
 * Parses what a queue, a stream or a table holds.
 *
 * @throws Error that says in one line what is wrong with which fields: it is what an operator reads
 * in a dead letter.
 */
export function parseStored<S extends z.ZodType>(
  schema: S,
  value: unknown,
  what: string,
): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  throw new Error(`${what} cannot be read. ${problems.join('; ')}`);
}

/**
 * Parses JSON text that a queue holds. What is no JSON is not quoted, as the parser would: it may be
 * part of a message, and reasons are logged.
 *
 * @throws Error in one line
 */
export function parseStoredJson<S extends z.ZodType>(
  schema: S,
  text: string,
  what: string,
): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${what} cannot be read. It is no JSON.`);
  }
  return parseStored(schema, value, what);
}
