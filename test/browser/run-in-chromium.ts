/**
 * `npm run test:browser`: the cases of `client.test.ts` in headless Chromium, against `CHAT_URL` or a
 * local stack of its own, and then the chat page (`test/page`). `--report <file>` writes the counts of
 * both as Jest's `--json` does.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import startStack, { stopStack } from '../conformance/global-setup.ts';
import { launchChromium } from '../page/chromium.ts';
import type { CaseResult } from './page-harness.ts';
import { runPageTests } from './run-page-tests.ts';

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
  const browser = await launchChromium();
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
await startStack();
let results: CaseResult[];
let page: Awaited<ReturnType<typeof runPageTests>>;
try {
  results = await runInChromium(process.env.CHAT_URL ?? '');
  page = await runPageTests();
} finally {
  await stopStack();
}
const failed = results.filter(({ error }) => error !== undefined).length;
const counts = {
  numPassedTests: results.length - failed + page.numPassedTests,
  numFailedTests: failed + page.numFailedTests,
  numRuntimeErrorTestSuites: page.numRuntimeErrorTestSuites,
};
if (values.report !== undefined) await writeFile(values.report, JSON.stringify(counts));
console.log(`${counts.numPassedTests} passed, ${counts.numFailedTests} failed`);
process.exitCode = counts.numFailedTests + counts.numRuntimeErrorTestSuites === 0 ? 0 : 1;
