import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Key = Record<string, AttributeValue>;

/**
 * Which REMOVE records of a stream are the TTL sweeper's. The sweeper notes a key before it deletes
 * the row; the stream source claims the key of every REMOVE record that it reads, before filters,
 * and gives the record the service's userIdentity when the claim succeeds.
 *
 * Kept in memory: a record that is read only after a restart looks like an ordinary delete.
 */
export interface TtlDeletions {
  note(tableName: string, key: Key): void;
  /** Takes a note back: the row was not deleted. */
  forget(tableName: string, key: Key): void;
  /** True once for each note. */
  claim(tableName: string, key: Key): boolean;
}

/** What a stream record carries when TTL deleted the row. */
export const TTL_USER_IDENTITY = {
  type: 'Service',
  principalId: 'dynamodb.amazonaws.com',
} as const;

export function createTtlDeletions(): TtlDeletions {
  const pending = new Map<string, number>();
  const take = (tableName: string, key: Key): boolean => {
    const id = identify(tableName, key);
    const count = pending.get(id) ?? 0;
    if (count > 1) pending.set(id, count - 1);
    else pending.delete(id);
    return count > 0;
  };
  return {
    note: (tableName, key) => {
      const id = identify(tableName, key);
      pending.set(id, (pending.get(id) ?? 0) + 1);
    },
    forget: take,
    claim: take,
  };
}

/** The same text for the same key, whatever the order of its attributes. */
function identify(tableName: string, key: Key): string {
  const parts = Object.entries(key).map(([name, { S, N, B }]) => [
    name,
    S ?? N ?? Buffer.from(B ?? []).toString('base64'),
  ]);
  return JSON.stringify([
    tableName,
    ...parts.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  ]);
}
