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
