import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from '../../infra/config.ts';

const JWT = { issuer: 'https://issuer.example', audience: 'chat' };

function read(context: Record<string, unknown>) {
  return readConfig((key) => context[key], '1.2.3');
}

describe('the deployment context', () => {
  it('defaults to a development stage with no other origin and thirty days of messages', () => {
    expect(read(JWT)).toEqual({
      stage: 'dev',
      identity: { kind: 'jwt', issuer: 'https://issuer.example', audience: 'chat' },
      allowedOrigins: [],
      hosting: false,
      travelTimes: false,
      retentionDays: 30,
      postsPerSecond: 8_000,
      roomSharePercent: 50,
      windowMaxMs: 2_000,
      poster: 'lean',
      runbookUrl: 'docs/runbook.md',
      logLevel: 'INFO',
      version: '1.2.3',
    });
  });

  it('takes what the command line can only give as text', () => {
    const config = read({
      openAccess: 'true',
      stage: 'production',
      retentionDays: '7',
      postsPerSecond: '20000',
      logLevel: 'DEBUG',
      hosting: 'true',
      travelTimes: 'true',
      clientId: 'page',
      allowedOrigins: 'https://a.example, http://localhost:5173',
    });
    expect(config).toMatchObject({
      identity: { kind: 'open' },
      stage: 'production',
      retentionDays: 7,
      postsPerSecond: 20_000,
      logLevel: 'DEBUG',
      hosting: true,
      travelTimes: true,
      clientId: 'page',
      allowedOrigins: ['https://a.example', 'http://localhost:5173'],
    });
  });

  it('passes the place of the keys on, where the issuer has an unusual one', () => {
    const jwksUri = 'https://issuer.example/keys';
    expect(read({ ...JWT, jwksUri }).identity).toMatchObject({ kind: 'jwt', jwksUri });
  });

  it.each([
    { description: 'nothing at all', context: {} },
    { description: 'an issuer alone', context: { issuer: JWT.issuer } },
    { description: 'an audience alone', context: { audience: JWT.audience } },
  ])('refuses $description, in one line that names the ways out', ({ context }) => {
    expect(() => read(context)).toThrow(ConfigError);
    expect(() => read(context)).toThrow(
      /^Nobody .* -c issuer=.* -c audience=.* -c openAccess=true.*$/,
    );
  });

  it('refuses open access beside an issuer, since one of them must be a mistake', () => {
    expect(() => read({ ...JWT, openAccess: true })).toThrow(/openAccess contradicts/);
  });

  it.each([
    ['stage', 'prod'],
    ['issuer', 'http://issuer.example'],
    ['jwksUri', 'keys.json'],
    ['openAccess', 'yes'],
    ['openAccess', false],
    ['allowedOrigins', 'https://a.example/path'],
    ['hosting', 'yes'],
    ['travelTimes', 'yes'],
    ['clientId', ''],
    ['retentionDays', '0'],
    ['retentionDays', '1.5'],
    ['retentionDays', 'a month'],
    ['postsPerSecond', '99'],
    ['postsPerSecond', '500001'],
    ['postsPerSecond', '1e3.5'],
    ['roomSharePercent', '0'],
    ['roomSharePercent', '101'],
    ['windowMaxMs', '499'],
    ['windowMaxMs', 'soon'],
    ['poster', 'fast'],
    ['logLevel', 'verbose'],
    ['alarmTopicArn', 'pager'],
    ['runbookUrl', 'https://wiki.example/run#book'],
  ])('refuses %s=%s and names the key', (key, value) => {
    expect(() => read({ ...JWT, [key]: value })).toThrow(
      new RegExp(`context is wrong\\. ${key}: `),
    );
  });

  it('names all wrong keys at once', () => {
    expect(() => read({ stage: 'x', logLevel: 'y' })).toThrow(/stage: .*; logLevel: /);
  });
});
