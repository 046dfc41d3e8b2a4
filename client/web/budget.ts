import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

/** Fails a build that takes more, compressed, in everything it may ever load: growth is a decision. */
export function budget(maxBytes: number): Plugin {
  let configFile: string | undefined;
  return {
    name: 'page-budget',
    apply: 'build',
    configResolved(config) {
      configFile = config.configFile;
    },
    writeBundle(_options, bundle) {
      const sizes = Object.values(bundle).map(
        (output) =>
          gzipSync(output.type === 'chunk' ? output.code : output.source, { level: 9 }).length,
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const inKiB = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
      if (total > maxBytes) {
        this.error(
          `The page takes ${inKiB(total)} compressed, above the ${inKiB(maxBytes)} in ${configFile}.`,
        );
      }
      this.info(`The page takes ${inKiB(total)} compressed.`);
    },
  };
}
