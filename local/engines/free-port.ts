import { once } from 'node:events';
import { createServer } from 'node:net';

/** A loopback port that was free a moment ago, for an engine that cannot report one of its own choice. */
export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No TCP port to be had.');
  return address.port;
}
