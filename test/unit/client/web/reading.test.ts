import { describe, expect, it } from '@jest/globals';
import { proposeName, readName } from '../../../../client/web/boot/guest-name.ts';
import { readPageConfig, toWebSocketUrl } from '../../../../client/web/boot/page-config.ts';
import { chooseLanguage, LANGUAGES } from '../../../../client/web/language/language.ts';
import { isRoomId, newRoomId, readRoomId } from '../../../../client/web/rooms/room-id.ts';
import { readRoute, roomHref } from '../../../../client/web/rooms/room-route.ts';

describe('a room', () => {
  it.each([
    ['lobby', 'lobby'],
    [' #Team Lunch ', 'team-lunch'],
    ['https://chat.example/?as=Ann#/rooms/Team.A%3A1', 'Team.A:1'],
    ['#/rooms/lobby', 'lobby'],
  ])('is read from "%s"', (given, roomId) => {
    expect(readRoomId(given)).toBe(roomId);
  });

  it.each(['', '  ', '소풍', 'a/b', '<b>', 'x'.repeat(129), '#/rooms/%3Cb%3E'])(
    'is not read from "%s"',
    (given) => {
      expect(readRoomId(given)).toBe(undefined);
    },
  );

  it('gets a name that the protocol takes, whatever the dice say', () => {
    expect(isRoomId(newRoomId(new Uint8Array(12).fill(255)))).toBe(true);
    expect(newRoomId(Uint8Array.from({ length: 12 }, (_, index) => index))).toBe(
      'room-abcd-efgh-jkmn',
    );
  });

  it('has an address that leads to it', () => {
    expect(readRoute(roomHref('a.b:c'))).toEqual({ view: 'room', roomId: 'a.b:c' });
    expect(readRoute('#/')).toEqual({ view: 'list' });
    expect(readRoute('')).toEqual({ view: 'start' });
    expect(readRoute('#/rooms/%E0%A4%A')).toEqual({ view: 'room', roomId: '%E0%A4%A' });
  });
});

describe('a name', () => {
  it.each([
    ['  Mary \n Ann ', 'Mary Ann'],
    ['', undefined],
    [null, undefined],
    ['x'.repeat(61), undefined],
    ['\ud800', undefined],
  ])('is read from %j', (given, name) => {
    expect(readName(given)).toBe(name);
  });

  it('is proposed, and would be taken', () => {
    expect(proposeName(() => 0)).toBe('Amber Badger 10');
    expect(readName(proposeName(() => 0.999))).toBe('Wise Wren 99');
  });
});

describe('the language', () => {
  it.each([
    [['ko-KR', 'en'], 'ko'],
    [['zh-TW'], 'zh-Hant'],
    [['zh-Hant-HK'], 'zh-Hant'],
    [['zh-CN', 'ko'], 'ko'],
    [['zh-CN'], 'en'],
    [['not a tag', 'ko'], 'ko'],
    [[], 'en'],
  ])('for %j is %s', (preferred, tag) => {
    expect(chooseLanguage(preferred)).toBe(tag);
  });

  it.each(Object.entries(LANGUAGES))('%s has every text, and none is empty', (_tag, texts) => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(LANGUAGES.en).sort());
    for (const text of Object.values(texts)) expect(text).toBeTruthy();
  });
});

describe('the configuration', () => {
  const OIDC = { kind: 'oidc', issuer: 'https://i.example', clientId: 'page', audience: 'chat' };

  it.each([{ kind: 'open' }, OIDC])('is read: %j', (identity) => {
    const config = { webSocketUrl: '/live', identity, travelTimes: true };
    expect(readPageConfig({ ...config, unknown: 1 })).toEqual(config);
  });

  it.each([
    [null, 'config.json must be an object'],
    [{ webSocketUrl: '/live' }, 'identity must be an object'],
    [{ identity: { kind: 'open' } }, 'webSocketUrl must be a text'],
    [{ webSocketUrl: '/live', identity: { kind: 'x' } }, 'identity.kind must be "open" or "oidc"'],
    [
      { webSocketUrl: '/live', identity: { ...OIDC, issuer: '' } },
      'identity.issuer must be a text',
    ],
    [{ webSocketUrl: '/l', identity: OIDC, maxAgeMs: '1' }, 'maxAgeMs must be a number'],
  ])('%j is refused by name', (given, problem) => {
    expect(() => readPageConfig(given)).toThrow(problem);
  });

  it('leads to a socket on the host of the page, or to one of its own', () => {
    expect(toWebSocketUrl('/live', 'http://127.0.0.1:8787/?as=x#/')).toBe(
      'ws://127.0.0.1:8787/live',
    );
    expect(toWebSocketUrl('wss://api.example/live', 'https://chat.example/')).toBe(
      'wss://api.example/live',
    );
  });
});
