import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What a service answers to one operation, given the input; a string is sent as it is. */
export type Answer = (input: Record<string, unknown>) => unknown;

export interface FakeAws {
  endpoint: string;
  /** What clients are built with. */
  config: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
    maxAttempts: number;
  };
  close(): Promise<void>;
}

/** An error of a service, as it travels. */
export class AwsError extends Error {
  readonly type: string;
  constructor(type: string) {
    super(type);
    this.type = type;
  }
}

/**
 * Services that no engine on one machine stands in for, over HTTP: by the operation where the
 * protocol names it (`x-amz-target`), and by how `METHOD /path` begins where it does not.
 */
export async function startFakeAws(answers: Record<string, Answer>): Promise<FakeAws> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    const operation = request.headers['x-amz-target'];
    const path = `${request.method} ${pathname}`;
    const name = operation ?? Object.keys(answers).find((key) => path.startsWith(key));
    const body = await text(request);
    const input =
      operation === undefined
        ? { path: pathname, ...Object.fromEntries(searchParams) }
        : JSON.parse(body);
    const answer = answers[String(name)];
    try {
      if (answer === undefined) throw new AwsError(`Nobody answers ${name ?? path}`);
      const output = answer(input);
      const isBytes = typeof output === 'string' || Buffer.isBuffer(output);
      response.end(isBytes ? output : JSON.stringify(output));
    } catch (error) {
      const type = error instanceof AwsError ? error.type : String(error);
      response.writeHead(400, { 'x-amzn-errortype': type });
      response.end(JSON.stringify({ __type: type, message: type }));
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: 'fake', secretAccessKey: 'fake' };
  return {
    endpoint,
    config: { endpoint, region: 'us-east-1', credentials, maxAttempts: 1 },
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
