import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  SHARD_COUNT_MAX,
  SHARD_MEMBERS_MAX,
  shardCountFor,
  shardOf,
} from '../../../../shared/domain/shard.ts';

describe('shardOf', () => {
  it.each([
    ['', 0x811c9dc5],
    ['a', 0xe40c292c],
    ['foobar', 0xbf9cf968],
  ])('hashes %j as FNV-1a does, for stored keys depend on it', (connectionId, hash) => {
    expect(shardOf(connectionId, 2 ** 32)).toBe(hash);
  });

  it('names a shard that exists', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 64 }), (connectionId, shardCount) => {
        const shard = shardOf(connectionId, shardCount);
        expect(Number.isInteger(shard) && shard >= 0 && shard < shardCount).toBe(true);
      }),
    );
  });

  it('spreads connections evenly enough', () => {
    const sizes = [0, 0, 0, 0];
    for (let index = 0; index < 4_000; index += 1) {
      const shard = shardOf(`L0SM${index.toString(36)}FvHcCIhw=`, 4);
      sizes[shard] = (sizes[shard] ?? 0) + 1;
    }

    expect(Math.min(...sizes)).toBeGreaterThan(800);
  });
});

describe('shardCountFor', () => {
  it.each([
    [0, 1],
    [1, 1],
    [5_000, 1],
    [5_001, 2],
    [10_001, 4],
    [100_000, 32],
    [100_000_000, SHARD_COUNT_MAX],
  ])('spreads %i members over %i shards', (members, shards) => {
    expect(shardCountFor(members, SHARD_MEMBERS_MAX)).toBe(shards);
  });

  it('keeps every shard of a room that has grown member by member near its limit', () => {
    const sizes: number[] = [];
    let shardCount = 1;
    for (let index = 0; index < 16_000; index += 1) {
      const shard = shardOf(`L0SM${index.toString(36)}FvHcCIhw=`, shardCount);
      sizes[shard] = (sizes[shard] ?? 0) + 1;
      shardCount = shardCountFor(index + 1, 1_000);
    }

    expect(shardCount).toBe(16);
    // Who came first stays where it is: the first shard takes half a limit with every doubling.
    expect(Math.max(...sizes)).toBeLessThan(3_500);
    expect(sizes).toHaveLength(16);
  });
});
