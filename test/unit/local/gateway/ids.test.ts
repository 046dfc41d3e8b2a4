import { describe, expect, it } from '@jest/globals';
import { createIds, createTraceIds, isConnectionId } from '../../../../local/gateway/ids.ts';
import { seededRandom } from '../../../support/seeded-random.ts';

describe('ids', () => {
  it('makes ids of eleven bytes in URL-safe base64 with padding', () => {
    const newId = createIds(seededRandom(7));
    for (let i = 0; i < 200; i++) {
      const id = newId();
      expect(isConnectionId(id)).toBe(true);
      expect(`${Buffer.from(id, 'base64url').toString('base64url')}=`).toBe(id);
    }
  });

  it('repeats the same ids for the same seed and never within a run', () => {
    const first = createIds(seededRandom(3));
    const second = createIds(seededRandom(3));
    const ids = Array.from({ length: 1_000 }, first);
    expect(Array.from({ length: 1_000 }, second)).toEqual(ids);
    expect(new Set(ids).size).toBe(1_000);
  });

  it.each([
    '',
    'abc',
    'L0SM9cOFvHcCIhw',
    'L0SM9cOFvHcCIh==',
    'L0SM9cOFvHcCI/w=',
    ' L0SM9cOFvHcCIhw=',
  ])('does not take "%s" for a connection id', (text) => {
    expect(isConnectionId(text)).toBe(false);
  });

  it('makes trace ids that carry the time', () => {
    expect(createTraceIds(seededRandom(1), () => 0x67d61f0e * 1000)()).toMatch(
      /^Root=1-67d61f0e-[0-9a-f]{24}$/,
    );
  });
});
