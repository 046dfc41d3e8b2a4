/**
 * `node client/build.ts` bundles the library for browsers into `client/dist`, with its declarations
 * under `client/dist/types`, and says how large it is.
 * It fails above the limit, so that growth is a decision.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const LIMIT_GZIP_BYTES = 9.25 * 1024;

const outfile = fileURLToPath(new URL('dist/roomcast-client.js', import.meta.url));

await build({
  entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
  outfile,
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  legalComments: 'none',
});

// TypeScript 7 has no JavaScript API: the command line it is. The declarations name the wire types.
const flags =
  '--ignoreConfig --declaration --emitDeclarationOnly --rewriteRelativeImportExtensions --strict ' +
  '--module nodenext --target es2024 --lib es2024 --types node --skipLibCheck --rootDir . ' +
  '--outDir client/dist/types';
await promisify(execFile)('node_modules/.bin/tsc', ['client/index.ts', ...flags.split(' ')], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
});

const bundle = await readFile(outfile);
const gzipBytes = gzipSync(bundle, { level: 9 }).length;
console.log(`${outfile}: ${bundle.length} bytes minified, ${gzipBytes} with gzip`);
if (gzipBytes > LIMIT_GZIP_BYTES) {
  console.error(`That is above the limit of ${LIMIT_GZIP_BYTES} bytes in client/build.ts.`);
  process.exitCode = 1;
}
