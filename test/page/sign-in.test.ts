import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { type OidcIssuer, startOidcIssuer } from './oidc-issuer.ts';
import { setUpVisits } from './visits.ts';

const { open } = setUpVisits();

/**
 * Takes every socket and writes down the token it came with. The local stack has open access; that
 * tokens are checked is proved where they are.
 */
let door: WebSocketServer;
let issuer: OidcIssuer;
const shown: string[] = [];
const waiting: ((socket: WebSocket) => void)[] = [];

const nextSocket = () => new Promise<WebSocket>((resolve) => waiting.push(resolve));

beforeAll(async () => {
  issuer = await startOidcIssuer('ann@example.com');
  door = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => (offered.has('roomcast.v1') ? 'roomcast.v1' : false),
  });
  await once(door, 'listening');
  door.on('connection', (socket, { headers }) => {
    shown.push(String(headers['sec-websocket-protocol']).replace(/^.*bearer\./, ''));
    waiting.shift()?.(socket);
  });
});
afterAll(async () => {
  for (const socket of door?.clients ?? []) socket.terminate();
  door?.close();
  await issuer?.stop();
});

describe('where an issuer is configured', () => {
  it('signs in with PKCE, comes back to the room, renews the token, and says when it cannot', async () => {
    const { port } = door.address() as { port: number };
    const identity = { kind: 'oidc', issuer: issuer.url, clientId: 'chat-page', audience: 'chat' };
    const first = nextSocket();
    const { page } = await open({
      room: 'after-sign-in',
      config: { webSocketUrl: `ws://127.0.0.1:${port}/live`, identity },
      // Here the issuer and the socket are on other ports than the page says they would be.
      bypassCSP: true,
      mayLog: /400/,
    });
    const socket = await first;
    await page.getByRole('heading', { level: 1, name: 'after-sign-in' }).waitFor();
    expect(page.url()).toMatch(/\/#\/rooms\/after-sign-in$/);
    await page.getByRole('navigation').getByText('ann@example.com').waitFor();
    expect(shown).toEqual([issuer.tokens[0]]);
    expect(await page.getByText('You are').count()).toBe(0);

    // A reload needs no other sign-in.
    const reloaded = nextSocket();
    socket.terminate();
    await page.reload();
    const again = await reloaded;
    expect(issuer.tokens.length).toBe(1);

    // The token is about to end: the next connection has another one.
    await page.evaluate(`(() => {
      const [key] = Object.keys(sessionStorage).filter((name) => name.startsWith('oidc.user'));
      const user = JSON.parse(sessionStorage.getItem(key));
      sessionStorage.setItem(key, JSON.stringify({ ...user, expires_at: Date.now() / 1000 + 5 }));
    })()`);
    issuer.expiresIn = 5;
    const renewed = nextSocket();
    again.terminate();
    const last = await renewed;
    expect(issuer.tokens.length).toBeGreaterThan(1);
    expect(shown.at(-1)).toBe(issuer.tokens.at(-1));

    issuer.endSessions();
    last.terminate();
    await page.getByText('Your sign-in has ended.').waitFor();
    const back = nextSocket();
    issuer.expiresIn = 3_600;
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await back;
    await page.getByRole('heading', { level: 1, name: 'after-sign-in' }).waitFor();
    await page.getByText('Your sign-in has ended.').waitFor({ state: 'detached' });
    expect(issuer.refusals.every((refusal) => refusal === 'invalid_grant')).toBe(true);
  });
});
