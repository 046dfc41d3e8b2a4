/**
 * `npm run test:browser`: the cases of `client.test.ts` in headless Chromium, against `CHAT_URL` or a
 * local stack of its own. `--report <file>` writes the counts as Jest's `--json` does.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import startStack, { stopStack } from '../conformance/global-setup.ts';
import type { CaseResult } from './page-harness.ts';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const pathTo = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function bundle(chatUrl: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [pathTo('client.test.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    alias: { '@jest/globals': pathTo('page-harness.ts') },
    define: { 'process.env.CHAT_URL': JSON.stringify(chatUrl) },
  });
  return outputFiles.map(({ text }) => text).join('\n');
}

/** Truly served from loopback: only such pages may reach loopback in today's browsers. */
async function servePage(script: string): Promise<{ url: string; close(): void }> {
  const body = `<!doctype html><meta charset="utf-8"><script>${script.replaceAll('</script', '<\\/script')}</script>`;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

async function runInChromium(chatUrl: string): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const host = await servePage(await bundle(chatUrl));
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => {
      const title = 'nothing is thrown outside of the cases';
      report({ title, durationMs: 0, error: error.stack ?? error.message });
    });
    await page.exposeFunction('report', report);
    await page.goto(host.url);
    await page.evaluate('runCases(report)');
    console.log(`\nChromium ${browser.version()}`);
  } finally {
    await browser.close();
    host.close();
  }
  return results;

  function report(result: CaseResult): void {
    results.push(result);
    const { title, durationMs, error } = result;
    console.log(`${error === undefined ? '✓' : '✗'} ${title} (${durationMs} ms)`);
    if (error !== undefined) console.log(error.replace(/^/gm, '    '));
  }
}

const { values } = parseArgs({ options: { report: { type: 'string' } } });
if (!existsSync(EXECUTABLE)) {
  console.error(
    `There is no Chromium at ${EXECUTABLE}. On Debian "apt-get install chromium" brings it; elsewhere set CHROMIUM to its path.`,
  );
  process.exit(1);
}

await startStack();
let results: CaseResult[];
try {
  results = await runInChromium(process.env.CHAT_URL ?? '');
} finally {
  await stopStack();
}
const numFailedTests = results.filter(({ error }) => error !== undefined).length;
const numPassedTests = results.length - numFailedTests;
if (values.report !== undefined) {
  const counts = { numPassedTests, numFailedTests, numRuntimeErrorTestSuites: 0 };
  await writeFile(values.report, JSON.stringify(counts));
}
console.log(`${numPassedTests} passed, ${numFailedTests} failed`);
process.exitCode = numFailedTests === 0 ? 0 : 1;
