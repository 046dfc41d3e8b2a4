const encoder = new TextEncoder();

/** The size of a string in UTF-8, which is what every limit of the platform counts. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** The size of a value as JSON; infinite for what JSON cannot hold. */
export function jsonSize(value: unknown): number {
  try {
    return byteLength(JSON.stringify(value));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
