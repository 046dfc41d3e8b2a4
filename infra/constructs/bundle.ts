import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';

const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

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
          buildSync({
            entryPoints: [entryPath],
            outfile: join(outputFolder, 'index.mjs'),
            absWorkingDir: PROJECT_ROOT,
            bundle: true,
            platform: 'node',
            target: 'node24',
            format: 'esm',
            mainFields: ['module', 'main'],
            minify: true,
            logLevel: 'warning',
          });
          return true;
        },
      },
    },
  });
}
