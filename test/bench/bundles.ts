import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildBundle } from '../../infra/constructs/bundle.ts';
import { type MeasureOptions, median } from './harness.ts';
import type { BenchReport } from './report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A bundle is loaded by a Node of its own, which says what that took: CPU beyond starting, and memory. */
const LOAD = `
  const before = process.cpuUsage();
  await import(process.argv[1]);
  const { user, system } = process.cpuUsage(before);
  const { rss } = process.memoryUsage();
  process.stdout.write('\\n' + JSON.stringify({ ms: (user + system) / 1000, mb: rss / 1024 ** 2 }));
  process.exit();
`;

const URL_OF_ANYTHING = 'http://127.0.0.1:1/';

/** Enough for every function to build its clients. */
const ENVIRONMENT = {
  ...Object.fromEntries(
    ['ROOMS', 'MESSAGES', 'RECEIPTS', 'CONNECTIONS', 'MEMBERSHIPS'].map((table) => [
      `${table}_TABLE`,
      'table',
    ]),
  ),
  DELIVERY_QUEUE_URL: URL_OF_ANYTHING,
  DELIVERY_DLQ_URL: URL_OF_ANYTHING,
  FAN_OUT_DLQ_URL: URL_OF_ANYTHING,
  FLUSH_QUEUE_URL: URL_OF_ANYTHING,
  FLUSH_DLQ_URL: URL_OF_ANYTHING,
  ROOM_POSTS_PER_SECOND: '1000',
  ROOM_POSTS_AT_ONCE: '1000',
  WINDOW_MAX_MS: '2000',
  MANAGEMENT_ENDPOINT: URL_OF_ANYTHING,
  IDENTITY: 'open',
  RETENTION_DAYS: '30',
  VERSION: 'bench',
  POSTS_PER_SECOND: '1000',
  POWERTOOLS_METRICS_NAMESPACE: 'Bench',
  AWS_REGION: 'us-east-1',
};

/** How large each function's bundle is, and what a cold start takes to load it. */
export async function benchBundles({ rounds, onProgress }: MeasureOptions): Promise<BenchReport> {
  const directory = mkdtempSync(join(tmpdir(), 'roomcast-bench-'));
  try {
    const rows = globSync('services/*/*/lambda.ts', { cwd: ROOT })
      .toSorted()
      .map((entry) => {
        const name = dirname(entry).slice('services/'.length);
        onProgress(name);
        const file = join(directory, `${name.replaceAll('/', '-')}.mjs`);
        buildBundle(join(ROOT, entry), file);
        const code = readFileSync(file);
        const loads = Array.from({ length: rounds }, () => load(file));
        const ms = loads.map((one) => one.ms);
        return {
          function: name,
          KB: code.length / 1_024,
          'KB compressed': gzipSync(code).length / 1_024,
          'CPU ms to load': median(ms),
          lowest: Math.min(...ms),
          'MB then': median(loads.map((one) => one.mb)),
        };
      });
    return { title: 'Bundles: as they are deployed, loaded on a whole core', rows, targets: [] };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function load(file: string): { ms: number; mb: number } {
  const options = ['--input-type=module', '-e', LOAD, file];
  const output = execFileSync(process.execPath, options, { env: ENVIRONMENT }).toString();
  return JSON.parse(output.slice(output.lastIndexOf('\n') + 1));
}
