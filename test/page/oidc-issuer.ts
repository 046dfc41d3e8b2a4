import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createTokenIssuer } from '../support/tokens.ts';

export interface OidcIssuer {
  url: string;
  /** The access tokens given out so far, in order. */
  tokens: string[];
  /** Why requests were refused. */
  refusals: string[];
  /** How long tokens hold from now on, in seconds. */
  expiresIn: number;
  /** Refresh tokens are good for nothing any more. */
  endSessions(): void;
  stop(): Promise<void>;
}

/** An issuer that signs everybody in without asking; it insists on PKCE with S256. */
export async function startOidcIssuer(userId: string): Promise<OidcIssuer> {
  const keys = createTokenIssuer();
  const challenges = new Map<string, string>();
  let refreshTokens = new Set<string>();

  function grant(form: URLSearchParams): object | string {
    if (form.get('grant_type') === 'authorization_code') {
      const verifier = createHash('sha256').update(form.get('code_verifier') ?? '');
      const challenge = challenges.get(form.get('code') ?? '');
      challenges.delete(form.get('code') ?? '');
      if (challenge !== verifier.digest('base64url')) return 'invalid_grant';
    } else if (!refreshTokens.delete(form.get('refresh_token') ?? '')) return 'invalid_grant';
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: issuer.url, sub: userId, iat: now, exp: now + 3_600 };
    const accessToken = keys.sign({ ...claims, aud: 'chat', jti: randomUUID() });
    const refreshToken = randomUUID();
    issuer.tokens.push(accessToken);
    refreshTokens.add(refreshToken);
    return {
      token_type: 'Bearer',
      access_token: accessToken,
      id_token: keys.sign({ ...claims, aud: form.get('client_id') }),
      refresh_token: refreshToken,
      expires_in: issuer.expiresIn,
      scope: 'openid offline_access',
    };
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer.url);
    const query = url.searchParams;
    const json = (status: number, body: object) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
      });
      response.end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration') {
      const at = (path: string) => `${issuer.url}${path}`;
      json(200, {
        issuer: issuer.url,
        authorization_endpoint: at('/authorize'),
        token_endpoint: at('/token'),
        jwks_uri: at('/jwks'),
      });
    } else if (url.pathname === '/authorize') {
      const back = new URL(query.get('redirect_uri') ?? '');
      const code = randomUUID();
      const isPkce = query.get('code_challenge_method') === 'S256';
      if (!isPkce) issuer.refusals.push('no PKCE');
      challenges.set(code, query.get('code_challenge') ?? '');
      back.searchParams.set('code', code);
      back.searchParams.set('state', query.get('state') ?? '');
      response.writeHead(302, { location: back.href }).end();
    } else if (url.pathname === '/token') {
      const granted = grant(new URLSearchParams(await text(request)));
      if (typeof granted === 'string') issuer.refusals.push(granted);
      json(
        typeof granted === 'string' ? 400 : 200,
        typeof granted === 'string' ? { error: granted } : granted,
      );
    } else json(404, {});
  });
  const issuer: OidcIssuer = {
    url: '',
    tokens: [],
    refusals: [],
    expiresIn: 3_600,
    endSessions() {
      refreshTokens = new Set();
    },
    async stop() {
      const stopped = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await stopped;
    },
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  issuer.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return issuer;
}
