import { describe, expect, it } from '@jest/globals';
import { mayEnter } from '../../../../shared/domain/identity.ts';

describe('mayEnter', () => {
  it.each([
    ['every room without a list', undefined, 'lobby', true],
    ['no room with an empty list', [], 'lobby', false],
    ['a room that is listed', ['hall', 'lobby'], 'lobby', true],
    ['no room that merely begins like one listed', ['lobby'], 'lobby2', false],
    ['no room that is the beginning of one listed', ['lobby2'], 'lobby', false],
    ['rooms under a prefix', ['team:7:*'], 'team:7:general', true],
    ['no room beside a prefix', ['team:7:*'], 'team:70:general', false],
    ['every room with a lone star', ['*'], 'lobby', true],
    ['no room by a star in the middle', ['a*z'], 'abz', false],
  ])('opens %s', (_title, rooms, roomId, expected) => {
    const identity = rooms === undefined ? { userId: 'ada' } : { userId: 'ada', rooms };

    expect(mayEnter(identity, roomId)).toBe(expected);
  });
});
