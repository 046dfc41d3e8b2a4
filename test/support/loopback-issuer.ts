import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createTokenIssuer } from './tokens.ts';

/** An identity provider on this machine: it publishes its keys over HTTPS, as the verifier demands. */
export interface LoopbackIssuer {
  /** As in the claim `iss`; ends with a slash. */
  url: string;
  /** What a stack that trusts it is synthesised with. */
  context: { issuer: string; audience: string };
  /** Has a process trust its certificate, from the start of that process. */
  variables: { NODE_EXTRA_CA_CERTS: string };
  /** A token that ends so many seconds from now; below 0 it has ended already. */
  sign(userId: string, lifetimeSeconds: number): string;
  stop(): Promise<void>;
}

const AUDIENCE = 'roomcast-tests';
/** Made for 127.0.0.1 and for nothing but these tests: the key is public. */
const pem = (name: string) => fileURLToPath(new URL(`loopback-${name}.pem`, import.meta.url));

export async function startLoopbackIssuer(): Promise<LoopbackIssuer> {
  const issuer = createTokenIssuer();
  const server = createServer(
    { key: readFileSync(pem('key')), cert: readFileSync(pem('certificate')) },
    (request, response) => {
      response.statusCode = request.url === '/.well-known/jwks.json' ? 200 : 404;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(issuer.jwks));
    },
  );
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    context: { issuer: url, audience: AUDIENCE },
    variables: { NODE_EXTRA_CA_CERTS: pem('certificate') },
    sign: (userId, lifetimeSeconds) =>
      issuer.sign({
        iss: url,
        aud: AUDIENCE,
        sub: userId,
        exp: Math.floor(Date.now() / 1_000) + lifetimeSeconds,
      }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((stopped) => server.close(stopped));
    },
  };
}
