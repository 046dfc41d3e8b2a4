/**
 * `node client/build.ts` bundles the library for browsers into `client/dist`, with its declarations
 * under `client/dist/types`, and says how large it is. It fails when the core is above the limit, so
 * that growth is a decision. What not every page needs is a module of its own beside it.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { transform } from '@swc/core';
import { build, type Plugin } from 'esbuild';

const CORE_LIMIT_GZIP_BYTES = 7_080;

const CORE = 'roomcast-client.js';
const MODULES = { 'index.ts': CORE, 'read-room.ts': 'read-room.js', 'keep-in.ts': 'keep-in.js' };

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = new URL('dist/', import.meta.url);

/** What stands beside the core has its errors from there: there is one class of them in a page. */
const errorsFromCore: Plugin = {
  name: 'errors-from-core',
  setup({ onResolve }) {
    onResolve({ filter: /\/errors\.ts$/ }, () => ({ path: `./${CORE}`, external: true }));
  },
};

/** Bundled by esbuild; minified by swc, which makes a twentieth less of it. */
async function bundle(source: string, target: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(source, import.meta.url))],
    outfile: fileURLToPath(new URL(target, dist)),
    write: false,
    bundle: true,
    sourcemap: 'external',
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    plugins: target === CORE ? [] : [errorsFromCore],
  });
  const [map, code] = outputFiles.map(({ text }) => text);
  const small = await transform(code ?? '', {
    inputSourceMap: map ?? '',
    sourceMaps: true,
    minify: true,
    jsc: {
      target: 'es2022',
      minify: { module: true, compress: { passes: 3, toplevel: true }, mangle: { toplevel: true } },
    },
  });
  await writeFile(new URL(target, dist), `${small.code}\n//# sourceMappingURL=${target}.map\n`);
  await writeFile(new URL(`${target}.map`, dist), small.map ?? '');
  const gzipBytes = gzipSync(small.code, { level: 9 }).length;
  console.log(`client/dist/${target}: ${small.code.length} bytes minified, ${gzipBytes} with gzip`);
  return gzipBytes;
}

await mkdir(dist, { recursive: true });
for (const [source, target] of Object.entries(MODULES)) {
  const gzipBytes = await bundle(source, target);
  if (target !== CORE || gzipBytes <= CORE_LIMIT_GZIP_BYTES) continue;
  console.error(`That is above the limit of ${CORE_LIMIT_GZIP_BYTES} bytes in client/build.ts.`);
  process.exitCode = 1;
}

// TypeScript 7 has no JavaScript API: the command line it is. The declarations name the wire types.
const flags =
  '--ignoreConfig --declaration --emitDeclarationOnly --rewriteRelativeImportExtensions --strict ' +
  '--module nodenext --target es2024 --lib es2024 --types node --skipLibCheck --rootDir . ' +
  '--outDir client/dist/types';
const sources = Object.keys(MODULES).map((source) => `client/${source}`);
await promisify(execFile)('node_modules/.bin/tsc', [...sources, ...flags.split(' ')], {
  cwd: root,
});
