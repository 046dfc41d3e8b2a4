/**
 * The partition, 0 … shardCount - 1, that holds a connection's membership (FNV-1a: stable across
 * versions of this code, which a stored key demands).
 */
export function shardOf(connectionId: string, shardCount: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < connectionId.length; index += 1) {
    hash = Math.imul(hash ^ connectionId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % shardCount;
}

/**
 * How many members a shard is meant to hold. A fan-out reads them in three requests and 134 units, so
 * that the 3,000 units a second of their partition last for twenty fan-outs; and a room of the usual
 * size has one shard, and one request to read.
 */
export const SHARD_MEMBERS_MAX = 5_000;

/** More than a million members; beyond, shards get fuller. */
export const SHARD_COUNT_MAX = 256;

/**
 * Over how many shards so many members should be spread. Powers of two, so that a room grows seldom,
 * and that several who find it too full mean the same number.
 */
export function shardCountFor(members: number, shardMembersMax: number): number {
  let shardCount = 1;
  while (shardCount * shardMembersMax < members && shardCount < SHARD_COUNT_MAX) shardCount *= 2;
  return shardCount;
}
