import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Trace } from '../trace.ts';
import type { Connection } from './connection.ts';
import type { GatewayFaults } from './faults.ts';
import { isConnectionId } from './ids.ts';
import { type RequestBody, readBody } from './read-body.ts';
import type { TokenBucket } from './token-bucket.ts';

export interface ManagementDeps {
  stageName: string;
  connections: ReadonlyMap<string, Connection>;
  throttle: TokenBucket;
  maxPostBytes: number;
  clock: Clock;
  random: () => number;
  faults: GatewayFaults;
  trace: Trace | undefined;
  /** Called with the answer to every post. */
  onPost: (post: AnsweredPost) => void;
}

export interface AnsweredPost {
  /** As it stands in the path. */
  connectionId: string;
  /** The frame's size; undefined when it was too large to be read, or did not arrive whole. */
  bytes: number | undefined;
  /** HTTP status of the answer. */
  status: number;
}

/** The AWS SDK takes the error's name from `x-amzn-errortype`; a bare 410 surfaces as "Unknown". */
const ERRORS = {
  400: { type: 'BadRequestException', message: 'Invalid connectionId' },
  403: { type: 'ForbiddenException', message: 'Forbidden' },
  410: { type: 'GoneException', message: 'Gone' },
  413: { type: 'PayloadTooLargeException', message: 'Payload too large' },
  429: { type: 'LimitExceededException', message: 'Too Many Requests' },
  500: { type: 'InternalServerErrorException', message: 'Internal server error' },
};

type ErrorStatus = keyof typeof ERRORS;

/**
 * The `@connections` API: POST, GET and DELETE `/{stage}/@connections/{id}`. Signatures are not
 * checked. The fan-out puts thousands of posts a second through here, so the path is cut by hand and a
 * post allocates little beyond its body.
 *
 * @returns a function that says whether the path was its own, and then answers.
 */
export function createManagementApi(
  deps: ManagementDeps,
): (request: IncomingMessage, response: ServerResponse, path: string) => boolean {
  const { connections, throttle, faults, clock, trace } = deps;
  const prefixes = [`/${deps.stageName}/@connections/`, `/${deps.stageName}/%40connections/`];

  return (request, response, path) => {
    const prefix = prefixes.find((candidate) => path.startsWith(candidate));
    if (prefix === undefined) return false;
    const encodedId = path.slice(prefix.length);
    const { method } = request;
    if (method === 'POST') {
      readBody(request, deps.maxPostBytes, (body) => {
        const answer = () => answerPost(response, encodedId, body);
        if (faults.delayPostMs) clock.after(faults.delayPostMs, answer);
        else answer();
      });
      return true;
    }
    request.resume();
    if (method === 'GET') answerGet(response, encodedId);
    else if (method === 'DELETE') answerDelete(response, encodedId);
    else fail(response, 403);
    return true;
  };

  function find(encodedId: string): Connection | ErrorStatus {
    if (!throttle.tryTake()) return 429;
    const id = decodeId(encodedId);
    if (id === undefined || !isConnectionId(id)) return 400;
    const connection = connections.get(id);
    return connection?.isOpen() ? connection : 410;
  }

  function answerPost(response: ServerResponse, encodedId: string, body: RequestBody): void {
    const status = post(encodedId, body);
    const connectionId = encodedId.replace('%3D', '=');
    const bytes = Buffer.isBuffer(body) ? body.length : undefined;
    deps.onPost({ connectionId, bytes, status });
    trace?.('deliver', `${connectionId} ${status} ${bytes ?? '-'} B`);
    if (status === 200) response.writeHead(200, { 'content-length': 0 }).end();
    else fail(response, status);
  }

  function post(encodedId: string, body: RequestBody): 200 | ErrorStatus {
    if (body === 'too-large') return 413;
    if (body === 'aborted') return 400;
    const connection = find(encodedId);
    if (typeof connection === 'number') return connection;

    const failure = faults.failPost?.(connection.facts.connectionId);
    if (failure !== undefined) return failure;
    if (faults.losePost && deps.random() < faults.losePost) return 200;

    // A text frame must be UTF-8, or the client would have to drop the connection.
    const outcome = connection.send(isUtf8(body) ? body : body.toString());
    if (outcome === 'buffer-full') return 429;
    return outcome === 'gone' ? 410 : 200;
  }

  function answerGet(response: ServerResponse, encodedId: string): void {
    const connection = find(encodedId);
    if (typeof connection === 'number') {
      fail(response, connection);
      return;
    }
    const { connectedAt, identity } = connection.facts;
    const text = JSON.stringify({
      connectedAt: new Date(connectedAt).toISOString(),
      identity,
      lastActiveAt: new Date(connection.lastActiveAt()).toISOString(),
    });
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  }

  function answerDelete(response: ServerResponse, encodedId: string): void {
    const connection = find(encodedId);
    if (typeof connection === 'number') {
      fail(response, connection);
      return;
    }
    connection.close(1000, 'Connection Closed Normally');
    response.writeHead(204).end();
  }
}

function fail(response: ServerResponse, status: ErrorStatus): void {
  const { type, message } = ERRORS[status];
  response
    .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type })
    .end(JSON.stringify({ message }));
}

function decodeId(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
