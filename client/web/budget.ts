import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Everything that the page may ever load, compressed. */
const PAGE_MAX_BYTES = 170 * 1024;

/** Fails a build that is too large, so that growth is a decision. */
export function budget(): Plugin {
  return {
    name: 'page-budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const sizes = Object.values(bundle).map(
        (output) =>
          gzipSync(output.type === 'chunk' ? output.code : output.source, { level: 9 }).length,
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const inKiB = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
      if (total > PAGE_MAX_BYTES) {
        this.error(
          `The page takes ${inKiB(total)} compressed, above the ${inKiB(PAGE_MAX_BYTES)} in client/web/budget.ts.`,
        );
      }
      this.info(`The page takes ${inKiB(total)} compressed.`);
    },
  };
}
