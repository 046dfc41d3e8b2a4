/**
 * `node client/build.ts` bundles the library for browsers into `client/dist`, with its declarations
 * under `client/dist/types`, and says how large it is. It fails when the core is above the limit, so
 * that growth is a decision. What not every page needs is a module of its own beside it.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { transform } from '@swc/core';
import { build, type Plugin } from 'esbuild';

const CORE_LIMIT_GZIP_BYTES = 5_950;

const CORE = 'roomcast-client.js';
const BESIDE = [
  'ask',
  'browser-wake',
  'history',
  'keep-in',
  'presence',
  'read-room',
  'ready',
  'travel-times',
  'typing',
];
const MODULES: Record<string, string> = {
  'index.ts': CORE,
  ...Object.fromEntries(BESIDE.map((name) => [`${name}.ts`, `${name}.js`])),
};

/**
 * Properties by which the files of the core know each other: the bundle has short names for them.
 * What applications, modules beside the core, sockets or frames know by its name must not be here.
 */
const INNER_NAMES = `
  attempts busy cancelExpiry cancelRetry settled isEnded isProbed failures
  createLink onLinkOpen onCurrentChange onFailure onState onOpen onDown onFrame onSilence
  onReady onPong onLeave onChange standing refresh enter entered answered
  isCatchingUp dialledAt isOpen heard retire hurry goAway current links pings lost probe seen flush
`
  .trim()
  .split(/\s+/);

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = new URL('dist/', import.meta.url);

/** Modules load each other, and their errors from the core: a page has everything once. */
const besideCore: Plugin = {
  name: 'beside-core',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/[a-z-]+\.ts$/ }, ({ path, kind }) => {
      const source = path.slice('./'.length);
      const target = source === 'errors.ts' ? CORE : MODULES[source];
      return kind === 'entry-point' || target === undefined
        ? undefined
        : { path: `./${target}`, external: true };
    });
  },
};

/** @throws Error when one of them is not only of the core. */
async function innerNames(): Promise<RegExp> {
  const outer = [
    'types.ts',
    'socket.ts',
    'storage.ts',
    'room-inside.ts',
    '../shared/protocol/frames.ts',
    ...Object.keys(MODULES),
  ];
  for (const source of outer) {
    const text = await readFile(new URL(source, import.meta.url), 'utf8');
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^']*'/g, '');
    const shared = INNER_NAMES.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
    if (shared.length > 0) {
      throw new Error(`${source} knows ${shared.join(', ')}: take that out of INNER_NAMES.`);
    }
  }
  return new RegExp(`^(${INNER_NAMES.join('|')})$`);
}

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
    ...(target === CORE ? { mangleProps: await innerNames() } : { plugins: [besideCore] }),
  });
  const [map, code] = outputFiles.map(({ text }) => text);
  const small = await transform(code ?? '', {
    inputSourceMap: map ?? '',
    sourceMaps: true,
    minify: true,
    jsc: {
      target: 'es2022',
      minify: {
        module: true,
        compress: { passes: 3, toplevel: true, unsafe_arrows: true },
        mangle: { toplevel: true },
      },
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
