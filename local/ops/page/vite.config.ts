/** The dashboard of the local stack, at `/ops`. `npm run dev:ops` serves it with reload before one. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { budget } from '../../../client/web/budget.ts';

const stack = process.env.STACK_URL ?? 'http://127.0.0.1:8787';

/** Everything that the page may ever load, compressed. */
const PAGE_MAX_BYTES = 80_000;

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/ops/',
  plugins: [budget(PAGE_MAX_BYTES)],
  // Components as in the chat page; on React itself they would weigh twice as much.
  resolve: {
    alias: {
      'react-dom/client': 'preact/compat/client',
      'react/jsx-runtime': 'preact/jsx-runtime',
      react: 'preact/compat',
    },
  },
  build: {
    target: 'es2022',
    // Nothing inline: the page is served with a policy that allows neither scripts nor styles so.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { host: '127.0.0.1', port: 5174, proxy: { '/ops/data': stack } },
});
