/** The chat page. `npm run dev` serves it before a running local stack, and an edit keeps its state. */
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { budget } from './budget.ts';

/** Everything that the page may ever load, compressed. */
const PAGE_MAX_BYTES = 170 * 1024;

const stack = process.env.STACK_URL ?? 'http://127.0.0.1:8787';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative, so that the same build stands at the root of a host or below a path.
  base: './',
  plugins: [react(), budget(PAGE_MAX_BYTES)],
  build: {
    target: 'es2022',
    // Nothing inline: the page is served with a policy that allows neither scripts nor styles so.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks: { pluginTimings: false },
      // Marks of other renderers' modules in packages; there is no server here.
      onLog(level, log, report) {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log);
      },
    },
  },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: {
      '/config.json': stack,
      '/live': { target: stack, ws: true },
    },
  },
});
