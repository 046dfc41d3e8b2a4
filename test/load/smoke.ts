/** `npm run smoke`: many members in many rooms, and whether each of them gets every message once. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type RoomLoadReport, runRoomLoad } from './room-load.ts';

const HELP = `Usage: npm run smoke -- [options]

  --connections <number>   members, spread over the rooms        default 1000
  --rooms <number>                                               default 50
  --rate <number>          messages a second in each room        default 1
  --seconds <number>       how long messages are sent            default 60
  --url <ws://…/live>      a running stack with open access; by default a fresh
                           local one is started, and stopped at the end
  --json                   print the report as JSON
  --help                   this text

Exits with 1 if a message was lost or arrived twice. The raw protocol may deliver out of order: order
is restored by seq, at the client.`;

const say = (line: string) => process.stderr.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '1000' },
    rooms: { type: 'string', default: '50' },
    rate: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '60' },
    url: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

function positive(option: 'connections' | 'rooms' | 'rate' | 'seconds'): number {
  const value = Number(values[option]);
  if (value > 0) return value;
  say(`--${option} must be a number above 0, not "${values[option]}".`);
  process.exit(2);
}

/** Starts `npm start` beside this process, so that load and stack do not share a thread. */
async function startStack(): Promise<{ url: string; stop: () => Promise<void> }> {
  const start = fileURLToPath(new URL('../../local/start.mjs', import.meta.url));
  const stack = spawn(process.execPath, [start, '--memory', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(stack, 'exit');
  process.once('exit', () => stack.kill('SIGINT'));
  for await (const line of createInterface({ input: stack.stdout })) {
    const url = /ws:\/\/\S+\/live$/.exec(line)?.[0];
    if (url === undefined) continue;
    stack.stdout.resume();
    const stop = async () => {
      stack.kill('SIGINT');
      await exited;
    };
    return { url, stop };
  }
  throw new Error('The local stack did not start.');
}

function print(report: RoomLoadReport): void {
  const { latencyMs, ...counts } = report;
  const rows = {
    ...counts,
    deliveriesPerSecond: report.deliveriesPerSecond.toFixed(0),
    'latency p50': `${latencyMs.p50.toFixed(0)} ms`,
    'latency p99': `${latencyMs.p99.toFixed(0)} ms`,
    'latency p99.9': `${latencyMs.p999.toFixed(0)} ms`,
    'latency max': `${latencyMs.max.toFixed(0)} ms`,
  };
  for (const [name, value] of Object.entries(rows)) say(`${name.padEnd(22)}${value}`);
}

if (values.help) {
  say(HELP);
} else {
  const load = {
    connections: positive('connections'),
    rooms: positive('rooms'),
    rate: positive('rate'),
    seconds: positive('seconds'),
    onProgress: say,
  };
  const stack = values.url === undefined ? await startStack() : undefined;
  try {
    const report = await runRoomLoad({ ...load, url: stack?.url ?? values.url ?? '' });
    if (values.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    else print(report);
    if (report.lost + report.duplicated > 0) process.exitCode = 1;
  } finally {
    await stack?.stop();
  }
}
