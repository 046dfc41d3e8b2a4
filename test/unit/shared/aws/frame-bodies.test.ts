import { describe, expect, it } from '@jest/globals';
import { createFrameBodies } from '../../../../shared/aws/frame-bodies.ts';

describe('createFrameBodies', () => {
  it('holds the UTF-8 of a frame and its SHA-256', () => {
    const { bytes, hash } = createFrameBodies()('é');

    expect([...bytes]).toEqual([0xc3, 0xa9]);
    // printf 'é' | sha256sum
    expect(hash).toBe('4a99557e4033c3539de2eb65472017cad5f9557f7a0625a09f1c3f6e2ba69c4c');
  });

  it('prepares a frame once, however many jobs carry it', () => {
    const bodyOf = createFrameBodies();

    expect(bodyOf(JSON.parse('"frame"'))).toBe(bodyOf(JSON.parse('"frame"')));
  });

  it('forgets the oldest beyond the frames of one batch', () => {
    const bodyOf = createFrameBodies();
    const first = bodyOf('0');
    const second = bodyOf('1');
    for (let index = 2; index <= 80; index += 1) bodyOf(String(index));

    expect(bodyOf('1')).toBe(second);
    expect(bodyOf('0')).not.toBe(first);
  });
});
