import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const REQUIRE = `import{createRequire}from'node:module';const require=createRequire(import.meta.url);`;

/**
 * One `lambda.ts` as a single ES module that holds all it needs, the SDK included, so that what was
 * tested is what runs.
 *
 * It calls esbuild within the process. Left to itself, `NodejsFunction` starts npx once per function,
 * which makes a synthesis of all functions, and so every local start, four seconds slower.
 *
 * @param entry path from the project's root
 */
export function bundle(entry: string): Code {
  const entryPath = join(PROJECT_ROOT, entry);
  return Code.fromAsset(dirname(entryPath), {
    // Of the output, so that a function is deployed again when anything it bundles has changed.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-used'),
      local: {
        tryBundle(outputFolder) {
          buildBundle(entryPath, join(outputFolder, 'index.mjs'));
          return true;
        },
      },
    },
  });
}

/** The module as it is deployed, of which the benchmarks measure just that. */
export function buildBundle(entryPath: string, outfile: string): void {
  buildSync({
    entryPoints: [entryPath],
    outfile,
    absWorkingDir: PROJECT_ROOT,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    // undici is CommonJS, and asks for parts of Node as it is loaded.
    banner: { js: REQUIRE },
    logLevel: 'warning',
  });
}
