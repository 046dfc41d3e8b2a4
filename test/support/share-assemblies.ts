import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { type Assembly, ownApp, SHARED_ASSEMBLIES } from './assembly.ts';

const contextSchema = z.record(z.string(), z.unknown());

const assemblies = new Map<string, Promise<Assembly>>();

const server = createServer(async (request, response) => {
  try {
    const { path } = await appWith(contextSchema.parse(await json(request)));
    response.end(path);
  } catch (error) {
    response.writeHead(500).end(error instanceof Error ? error.message : String(error));
  }
});

function appWith(context: Record<string, unknown>): Promise<Assembly> {
  const key = JSON.stringify(context);
  const app = assemblies.get(key) ?? ownApp(context);
  assemblies.set(key, app);
  return app;
}

/**
 * To synthesise the app is to bundle every function, which takes many seconds of processor time. A run
 * of Jest does it once for each context, when a test file first asks, and here, where all of its
 * processes can ask.
 */
export default async function setup(): Promise<void> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  process.env[SHARED_ASSEMBLIES] = `http://127.0.0.1:${port}/`;
}

export async function removeAssemblies(): Promise<void> {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
  for (const app of await Promise.allSettled(assemblies.values())) {
    if (app.status === 'fulfilled') app.value.remove();
  }
}
