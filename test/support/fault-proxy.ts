import { Agent, createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One call of an SDK client, in the JSON protocol that DynamoDB and SQS share. */
export interface EngineCall {
  /** e.g. `PutItem`, `SendMessageBatch`. */
  operation: string;
  input: Record<string, unknown>;
  userAgent: string;
}

export interface EngineReply {
  status: number;
  body: Record<string, unknown>;
}

/**
 * Decides what becomes of one call. `forward` has the engine carry it out, with another input if one
 * is given. What is returned goes to the client; `'lost'` cuts the connection instead.
 */
export type Intercept = (
  call: EngineCall,
  forward: (input?: EngineCall['input']) => Promise<EngineReply>,
) => Promise<EngineReply | 'lost'>;

export interface FaultProxy {
  endpoint: string;
  /** Every call since the start, or since it was emptied. */
  calls: EngineCall[];
  /** Without an argument, everything passes again. */
  intercept(decide?: Intercept): void;
  close(): Promise<void>;
}

const pass: Intercept = (_call, forward) => forward();

/** The effect takes place and nobody hears of it, for the first `times` calls of the operation. */
export function loseReplies(operation: string, times: number): Intercept {
  let left = times;
  return async (call, forward) => {
    const reply = await forward();
    if (call.operation !== operation || left === 0) return reply;
    left -= 1;
    return 'lost';
  };
}

/** No call arrives. */
export const loseRequests: Intercept = async () => 'lost';

/** The first calls of the operation, `times` of them, fail with an error of the service. */
export function fail(operation: string, error: EngineReply, times = 1): Intercept {
  let left = times;
  return async (call, forward) => {
    if (call.operation !== operation || left === 0) return forward();
    left -= 1;
    return error;
  };
}

/** An error as the JSON protocol carries it. */
export function aServiceError(type: string, rest: Record<string, unknown> = {}): EngineReply {
  return { status: 400, body: { __type: type, message: type, ...rest } };
}

/** Stands between SDK clients and an engine: writes every call down and may spoil it on purpose. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const calls: EngineCall[] = [];
  let decide = pass;

  const forwardTo = (path: string, headers: IncomingHttpHeaders, input: EngineCall['input']) =>
    new Promise<EngineReply>((resolve, reject) => {
      const body = JSON.stringify(input);
      const sent = httpRequest(new URL(path, target), {
        method: 'POST',
        agent,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        text(response).then(
          (reply) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(reply || '{}') }),
          reject,
        );
      });
      sent.end(body);
    });

  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    try {
      const input = JSON.parse(await text(request));
      const call: EngineCall = {
        operation: String(request.headers['x-amz-target']).split('.').at(-1) ?? '',
        input,
        userAgent: String(request.headers['user-agent']),
      };
      calls.push(call);
      const reply = await decide(call, (changed = input) =>
        forwardTo(request.url ?? '/', request.headers, changed),
      );
      if (reply === 'lost') response.destroy();
      else {
        const type = { 'content-type': 'application/x-amz-json-1.0' };
        response.writeHead(reply.status, type).end(JSON.stringify(reply.body));
      }
    } catch {
      // The engine or the client has gone: the other side sees a connection that ends.
      response.destroy();
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;

  return {
    endpoint: `http://127.0.0.1:${port}`,
    calls,
    intercept: (next = pass) => {
      decide = next;
    },
    close: async () => {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
