import { describe, expect, it } from '@jest/globals';
import { identitySchema, toIdentityContext } from '../../../../shared/lambda/identity-context.ts';

describe('an identity on its way from the authorizer to the routes', () => {
  it.each([
    ['without a list of rooms', { userId: 'ada' }],
    ['with rooms', { userId: 'ada', rooms: ['lobby', 'team:*'] }],
    ['with the right to nothing', { userId: 'ada', rooms: [] }],
    ['with an unusual name', { userId: 'ada@example.org 😀 "x"' }],
  ])('arrives as it left %s', (_title, identity) => {
    const context = toIdentityContext(identity);

    expect(Object.values(context).every((value) => typeof value === 'string')).toBe(true);
    expect(identitySchema.parse({ principalId: 'x', integrationLatency: 9, ...context })).toEqual(
      identity,
    );
  });

  it.each([
    ['no user', {}],
    ['an empty user', { userId: '' }],
    ['rooms that are no JSON', { userId: 'ada', rooms: '[' }],
    ['rooms that are no list', { userId: 'ada', rooms: '"lobby"' }],
    ['rooms that are no texts', { userId: 'ada', rooms: '[7]' }],
  ])('is refused with %s, rather than opened wider', (_title, context) => {
    expect(identitySchema.safeParse(context).success).toBe(false);
  });
});
