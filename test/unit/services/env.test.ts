import { describe, expect, it } from '@jest/globals';
import { environments, readEnvironment } from '../../../services/env.ts';

describe('readEnvironment', () => {
  it('reads what a function needs, and only that', () => {
    expect(readEnvironment('leave', { MEMBERSHIPS_TABLE: 'Memberships', HOME: '/root' })).toEqual({
      MEMBERSHIPS_TABLE: 'Memberships',
    });
  });

  it('names every variable that is missing or malformed at once', () => {
    const read = () => readEnvironment('join', { ROOMS_TABLE: 'x', RETENTION_DAYS: '0' });

    expect(read).toThrow(/^The environment of join is incomplete\./);
    expect(read).toThrow(/ROOMS_TABLE.*MESSAGES_TABLE.*MEMBERSHIPS_TABLE.*RETENTION_DAYS/s);
  });

  it('posts with the lean client, unless it is told to post with that of the SDK', () => {
    const { POSTER } = environments.deliver.shape;

    expect([undefined, 'lean', 'sdk'].map((given) => POSTER.parse(given))).toEqual([
      'lean',
      'lean',
      'sdk',
    ]);
    expect(POSTER.safeParse('fast').success).toBe(false);
  });

  it.each([
    [
      'tokens with their issuer',
      { IDENTITY: 'jwt', JWT_ISSUER: 'https://id.example', JWT_AUDIENCE: 'a' },
      true,
    ],
    ['open access by name', { IDENTITY: 'open' }, true],
    ['tokens without an issuer', { IDENTITY: 'jwt', JWT_AUDIENCE: 'a' }, false],
    ['nothing, which must not mean open access', {}, false],
  ])('judges %s', (_title, source, isValid) => {
    const read = () => readEnvironment('authorize', source);

    if (isValid) expect(read()).toEqual(source);
    else expect(read).toThrow('authorize');
  });
});
