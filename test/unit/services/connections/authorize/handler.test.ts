import { describe, expect, it } from '@jest/globals';
import { JwtVerifier } from 'aws-jwt-verify';
import { createAuthorizeHandler } from '../../../../../services/connections/authorize/handler.ts';
import {
  type Identify,
  identifyByName,
  identifyByToken,
} from '../../../../../services/connections/authorize/identify.ts';
import { anHttpAuthorizerEvent } from '../../../../support/http-events.ts';
import { aTelemetry } from '../../../../support/telemetry.ts';
import { createTokenIssuer } from '../../../../support/tokens.ts';
import { aSocketAuthorizerEvent } from '../../../../support/web-socket-events.ts';

const ISSUER = 'https://login.example.org/';
const AUDIENCE = 'roomcast';

const issuer = createTokenIssuer();
const forger = createTokenIssuer();

const verifier = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE });
verifier.cacheJwks(issuer.jwks);

const inAnHour = () => Math.floor(Date.now() / 1000) + 3_600;
const claims = (overrides: Record<string, unknown> = {}) => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'ada',
  exp: inAnHour(),
  ...overrides,
});
const goodToken = issuer.sign(claims());

function authorizer(identify: Identify = identifyByToken(verifier)) {
  const telemetry = aTelemetry();
  return { ...telemetry, authorize: createAuthorizeHandler({ identify, ...telemetry }) };
}

const onSocket = (token: string) => aSocketAuthorizerEvent({ query: { token } });
const policy = (effect: 'Allow' | 'Deny') => ({
  policyDocument: {
    Version: '2012-10-17',
    Statement: [
      {
        Action: 'execute-api:Invoke',
        Effect: effect,
        Resource: 'arn:aws:execute-api:eu-west-1:123456789012:abc123/live/$connect',
      },
    ],
  },
});

describe('the authorizer', () => {
  it('counts whom it does not let in', async () => {
    const { authorize, metrics } = authorizer();
    await authorize(onSocket(goodToken));
    expect(metrics.blobs).toEqual([]);
    await authorize(onSocket(forger.sign(claims())));
    await authorize(aSocketAuthorizerEvent()).catch(() => undefined);

    expect(metrics.blobs).toEqual([{ refused: 1 }, { refused: 1 }]);
  });
});

describe('the authorizer of sockets', () => {
  it('lets a good token in, and says who it is', async () => {
    expect(await authorizer().authorize(onSocket(goodToken))).toEqual({
      principalId: 'ada',
      ...policy('Allow'),
      context: { userId: 'ada' },
    });
  });

  it('hands the rooms of a token on', async () => {
    const token = issuer.sign(claims({ rooms: ['lobby', 'team:*'] }));

    expect(await authorizer().authorize(onSocket(token))).toMatchObject({
      context: { userId: 'ada', rooms: '["lobby","team:*"]' },
    });
  });

  it.each([
    ['the query', { query: { token: goodToken } }],
    [
      'the sub-protocol',
      { headers: { 'Sec-WebSocket-Protocol': `roomcast.v1, bearer.${goodToken}` } },
    ],
    ['the header', { headers: { Authorization: `Bearer ${goodToken}` } }],
    ['the header in lower case', { headers: { authorization: `bearer ${goodToken}` } }],
  ])('takes the token from %s', async (_title, offered) => {
    expect(await authorizer().authorize(aSocketAuthorizerEvent(offered))).toMatchObject({
      context: { userId: 'ada' },
      ...policy('Allow'),
    });
  });

  it.each([
    ['nothing', {}],
    ['an empty token', { query: { token: '' } }],
    ['another sub-protocol', { headers: { 'Sec-WebSocket-Protocol': 'roomcast.v1' } }],
    ['another kind of header', { headers: { Authorization: 'Basic YWRhOng=' } }],
    ['a name without a token', { query: { userId: 'ada' } }],
  ])('answers 401 to %s', async (_title, offered) => {
    await expect(authorizer().authorize(aSocketAuthorizerEvent(offered))).rejects.toThrow(
      /^Unauthorized$/,
    );
  });

  const unsigned = `${Buffer.from('{"alg":"none","kid":"key-1"}').toString('base64url')}.${goodToken.split('.')[1]}.`;

  it.each([
    ['is no token', 'hello'],
    ['has expired', issuer.sign(claims({ exp: inAnHour() - 7_200 }))],
    ['is not valid yet', issuer.sign(claims({ nbf: inAnHour() }))],
    ['somebody else has signed', forger.sign(claims())],
    [
      'was changed after it was signed',
      goodToken.replace(
        /\.[^.]+\./,
        `.${Buffer.from(JSON.stringify(claims({ sub: 'bob' }))).toString('base64url')}.`,
      ),
    ],
    ['is for another audience', issuer.sign(claims({ aud: 'payroll' }))],
    ['is from another issuer', issuer.sign(claims({ iss: 'https://evil.example.org/' }))],
    ['is not signed', unsigned],
    ['claims another algorithm', issuer.sign(claims(), { alg: 'HS256' })],
    ['names an unknown key', issuer.sign(claims(), { kid: undefined })],
    ['names nobody', issuer.sign(claims({ sub: undefined }))],
    ['names nobody in particular', issuer.sign(claims({ sub: '' }))],
    ['names somebody too long', issuer.sign(claims({ sub: 'a'.repeat(129) }))],
    ['has rooms that are no list', issuer.sign(claims({ rooms: 'lobby' }))],
    ['has rooms that are no texts', issuer.sign(claims({ rooms: [7] }))],
  ])('denies a token that %s, and logs why', async (_title, token) => {
    const { authorize, log } = authorizer();

    expect(await authorize(onSocket(token))).toMatchObject(policy('Deny'));
    expect(log.at('warn')).toEqual(['refused']);
  });

  it('does not write the token into the log', async () => {
    const { authorize, log } = authorizer();
    await authorize(onSocket(forger.sign(claims())));

    expect(JSON.stringify(log.lines)).not.toContain('eyJ');
  });

  it('says nothing about a token when the keys are out of reach', async () => {
    const keyless = JwtVerifier.create({
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUri: 'https://127.0.0.1:1/jwks.json',
    });

    await expect(
      authorizer(identifyByToken(keyless)).authorize(onSocket(goodToken)),
    ).rejects.toThrow();
  });

  it('escapes a principal of unusual characters', async () => {
    const token = issuer.sign(claims({ sub: 'ada@example.org/😀' }));

    expect(await authorizer().authorize(onSocket(token))).toMatchObject({
      principalId: encodeURIComponent('ada@example.org/😀'),
      context: { userId: 'ada@example.org/😀' },
    });
  });

  it('throws for an event that it does not know', async () => {
    await expect(authorizer().authorize({ type: 'TOKEN' })).rejects.toThrow();
  });
});

describe('the authorizer of HTTP requests', () => {
  it('says yes to a good token', async () => {
    const token = issuer.sign(claims({ rooms: [] }));
    const event = anHttpAuthorizerEvent({ headers: { authorization: `Bearer ${token}` } });

    expect(await authorizer().authorize(event)).toEqual({
      isAuthorized: true,
      context: { userId: 'ada', rooms: '[]' },
    });
  });

  it.each([
    ['no token', {}],
    ['a forged token', { headers: { authorization: `Bearer ${forger.sign(claims())}` } }],
  ])('says no to %s', async (_title, offered) => {
    expect(await authorizer().authorize(anHttpAuthorizerEvent(offered))).toEqual({
      isAuthorized: false,
    });
  });
});

describe('open access', () => {
  const { authorize } = authorizer(identifyByName);

  it('believes the name', async () => {
    expect(await authorize(aSocketAuthorizerEvent({ query: { userId: 'ada' } }))).toMatchObject({
      context: { userId: 'ada' },
      ...policy('Allow'),
    });
    expect(await authorize(anHttpAuthorizerEvent({ query: { userId: 'ada' } }))).toEqual({
      isAuthorized: true,
      context: { userId: 'ada' },
    });
  });

  it.each([
    ['no name', {}],
    ['an empty name', { query: { userId: '' } }],
  ])('answers 401 to %s', async (_title, offered) => {
    await expect(authorize(aSocketAuthorizerEvent(offered))).rejects.toThrow('Unauthorized');
  });

  it.each([
    ['too long', 'a'.repeat(129)],
    ['no text', '\uD83D'],
  ])('denies a name that is %s', async (_title, userId) => {
    expect(await authorize(aSocketAuthorizerEvent({ query: { userId } }))).toMatchObject(
      policy('Deny'),
    );
  });
});
