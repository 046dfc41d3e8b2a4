import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { shardOf } from '../../../../shared/domain/shard.ts';

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
