import { describe, expect, it } from '@jest/globals';
import { readIdentitySource } from '../../../../local/gateway/identity-sources.ts';

const SCOPE = {
  headers: { 'X-Auth': ['first', 'last'] },
  query: { token: ['t'] },
  context: { identity: { sourceIp: '127.0.0.1' }, connectedAt: 5 },
};

describe('identity source', () => {
  it.each([
    { source: 'route.request.header.x-auth', value: 'last' },
    { source: 'route.request.querystring.token', value: 't' },
    { source: '$request.header.X-AUTH', value: 'last' },
    { source: '$request.querystring.token', value: 't' },
    { source: 'context.identity.sourceIp', value: '127.0.0.1' },
    { source: '$context.connectedAt', value: '5' },
    { source: 'route.request.querystring.Token', value: undefined },
    { source: 'route.request.querystring.constructor', value: undefined },
    { source: 'route.request.header.none', value: undefined },
    { source: 'context.identity.user.name', value: undefined },
    { source: 'stageVariables.key', value: undefined },
    { source: 'token', value: undefined },
  ])('$source is $value', ({ source, value }) => {
    expect(readIdentitySource(source, SCOPE)).toBe(value);
  });
});
