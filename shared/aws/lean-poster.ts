import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Clock, Poster } from '../domain/ports.ts';
import { createSkewedClock } from './clock-skew.ts';
import { createFrameBodies } from './frame-bodies.ts';
import { type PostAnswer, PostExchange } from './post-exchange.ts';
import { type Credentials, createPostSigner, escapePart } from './post-signature.ts';
import { classifyPostError } from './poster.ts';

const CONNECT_TIMEOUT_MS = 1_000;
const POST_TIMEOUT_MS = 3_000;

interface LeanPosterOptions {
  /** `https://<api>.execute-api.<region>.amazonaws.com/<stage>` */
  endpoint: string;
  /** Sockets kept open; as many as posts run at once. */
  concurrency: number;
  clock: Clock;
  /** Whose signature the posts carry; by default what the SDK finds, refreshed as it does. */
  signing?: { credentials: () => Promise<Credentials>; region: () => Promise<string> };
}

/**
 * Posts frames through `@connections` as the SDK's client does, for a fraction of its CPU: the request
 * is made and signed by hand, and what posts have in common is made once. Nothing is ever thrown.
 *
 * HTTP/1.1, as the SDK: there a post that is stuck holds up no other.
 */
export function createLeanPoster(options: LeanPosterOptions): Poster {
  const { endpoint, concurrency, clock, signing = sdkSigning() } = options;
  const { origin, host, pathname } = new URL(endpoint);
  const pathStart = `${pathname.replace(/\/+$/, '')}/@connections/`;
  const pool = new Pool(origin, {
    connections: concurrency,
    pipelining: 1,
    allowH2: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    headersTimeout: POST_TIMEOUT_MS,
    bodyTimeout: POST_TIMEOUT_MS,
  });
  const bodyOf = createFrameBodies();
  const skewedClock = createSkewedClock(clock);
  const currentSigner = createSignerSource(host, signing);

  async function attempt(path: string, frame: string): Promise<PostAnswer> {
    const body = bodyOf(frame);
    const sign = await currentSigner();
    const exchange = new PostExchange();
    const headers = sign({ path, bodyHash: body.hash, now: skewedClock.now() });
    pool.dispatch({ method: 'POST', path, headers, body: body.bytes }, exchange);
    return exchange.answer;
  }

  return {
    async post(connectionId, frame) {
      try {
        const path = pathStart + escapePart(connectionId);
        let answer = await attempt(path, frame);
        // A socket that the gateway closed while this environment was frozen looks open until it is
        // used, and one batch may meet fifty of them. Had the post arrived after all, clients drop
        // the frame that they know.
        if (answer.kind === 'cut') answer = await attempt(path, frame);
        if (answer.kind !== 'answered') return 'failed';
        const { status, errorName, date } = answer;
        if (status < 300) return 'delivered';
        if (status === 403) skewedClock.correct(date);
        return classifyPostError({ name: errorName, $metadata: { httpStatusCode: status } });
      } catch {
        // No credentials, or an id that fits no path.
        return 'failed';
      }
    },
  };
}

/** A signer is made again when the credentials have been refreshed. */
function createSignerSource(
  host: string,
  { credentials, region }: Required<LeanPosterOptions>['signing'],
) {
  let signedBy: Credentials | undefined;
  let signer: ReturnType<typeof createPostSigner> | undefined;
  return async () => {
    const current = await credentials();
    if (signer === undefined || current !== signedBy) {
      signer = createPostSigner(host, await region(), current);
      signedBy = current;
    }
    return signer;
  };
}

/** The SDK's provider chain and its region, without its requests. */
function sdkSigning() {
  const { credentials, region } = new ApiGatewayManagementApiClient().config;
  return { credentials: () => credentials(), region };
}
