const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CHARACTERS_PER_DRAW = 5;

/**
 * Makes ids that look like those of API Gateway (`L0SM9cOFvHcCIhw=`): eleven random bytes in URL-safe
 * base64, hence the `=` that clients of the management API have to percent-encode. Used for
 * connections, requests and messages alike.
 */
export function createIds(random: () => number): () => string {
  return () => {
    let id = '';
    for (let draw = 0; draw < 3; draw++) {
      let bits = Math.floor(random() * 2 ** 30);
      for (let i = 0; i < CHARACTERS_PER_DRAW; i++) {
        // The fifteenth character carries four bits only, as the padding demands.
        const index = id.length === 14 ? bits & 0x3c : bits & 0x3f;
        id += ALPHABET.charAt(index);
        bits >>>= 6;
      }
    }
    return `${id}=`;
  };
}

/** Whether API Gateway would look the id up (410 when unknown) rather than call it invalid (400). */
export function isConnectionId(text: string): boolean {
  return /^[A-Za-z0-9_-]{15}=$/.test(text);
}

/** Makes X-Ray trace headers: `Root=1-<epoch seconds>-<96 random bits>`. */
export function createTraceIds(random: () => number, now: () => number): () => string {
  const hex48 = () =>
    Math.floor(random() * 2 ** 48)
      .toString(16)
      .padStart(12, '0');
  return () => `Root=1-${Math.floor(now() / 1000).toString(16)}-${hex48()}${hex48()}`;
}
