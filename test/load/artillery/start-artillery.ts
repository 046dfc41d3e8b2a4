import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createCommander } from '../../support/orders.ts';
import { CliError } from '../command-line.ts';
import type { LoadCrowd } from '../crowd/load-crowd.ts';
import type { CrowdSettings, LoadOrders } from '../crowd/load-orders.ts';
import type { Shape } from '../scenario.ts';
import { PORT_VARIABLE, SETTINGS_VARIABLE } from './artillery-settings.ts';

const INSTALL = 'PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix test/load/artillery';
/** Artillery waits a while for its reporters before it goes. */
const STOP_GRACE_MS = 15_000;

const PROGRAM = fileURLToPath(new URL('./node_modules/artillery/bin/run', import.meta.url));
const PROCESSOR = fileURLToPath(new URL('./processor.mjs', import.meta.url));

/** @throws CliError when it is not installed: it is larger than all the rest together. */
export function requireArtillery(): void {
  if (existsSync(PROGRAM)) return;
  throw new CliError(`Artillery is not installed. Install it with: ${INSTALL}`);
}

/** Runs Artillery in a process of its own, as one crowd: it opens the connections, and obeys. */
export async function startArtillery(
  settings: Omit<CrowdSettings, 'remainder' | 'crowds'>,
  shape: Shape,
): Promise<LoadCrowd> {
  const directory = mkdtempSync(join(tmpdir(), 'roomcast-artillery-'));
  const script = join(directory, 'script.json');
  writeFileSync(script, JSON.stringify(toScript(settings.url, shape)));

  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // In a group of its own: a Ctrl-C is for the conductor, which lets the run end in order.
  const child = spawn(process.execPath, [PROGRAM, 'run', '--quiet', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ARTILLERY_DISABLE_TELEMETRY: '1',
      [SETTINGS_VARIABLE]: JSON.stringify(settings),
      [PORT_VARIABLE]: String(port),
    },
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output = `${output}${text}`.slice(-4_000);
    });
  }
  const exited = once(child, 'exit').then(() => {
    server.close();
    process.off('exit', end);
    rmSync(directory, { recursive: true, force: true });
    return new Error(`Artillery has ended:\n${output}`);
  });
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const [socket] = await Promise.race([
    connected,
    exited.then((problem) => Promise.reject(problem)),
  ]);
  const { tell, receive, fail } = createCommander<LoadOrders>((request) =>
    socket.write(`${JSON.stringify(request)}\n`),
  );
  createInterface({ input: socket }).on('line', (line) => receive(JSON.parse(line)));
  void exited.then(fail);

  return {
    tell,
    async stop() {
      socket.end();
      const overdue = setTimeout(end, STOP_GRACE_MS);
      await exited;
      clearTimeout(overdue);
    },
  };
}

function toScript(target: string, { members, connectsPerSecond }: Shape) {
  return {
    config: {
      target,
      processor: PROCESSOR,
      // Arrivals by count stay in one thread, however many cores there are: one crowd.
      phases: [{ duration: Math.ceil(members / connectsPerSecond), arrivalCount: members }],
    },
    scenarios: [
      {
        engine: 'ws',
        flow: [{ connect: { function: 'address' } }, { function: 'converse' }],
      },
    ],
  };
}
