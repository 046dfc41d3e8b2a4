import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

const cdkJsonSchema = z.object({ context: z.record(z.string(), z.unknown()) });

export interface SynthesizeOptions {
  /** Where the assembly goes. */
  outDir: string;
  /** On top of the context in `cdk.json`, e.g. `{ openAccess: true }`. */
  context?: Record<string, unknown>;
  /**
   * Also checks the templates, as `cdk synth` does; that more than doubles the time. Default `false`.
   */
  validate?: boolean;
}

/**
 * Runs the CDK app without the CDK's command line, which takes several times as long.
 *
 * @throws Error with what the app said, when it refuses or fails.
 */
export async function synthesize(options: SynthesizeOptions): Promise<void> {
  const cdkJson = cdkJsonSchema.parse(
    JSON.parse(readFileSync(join(PROJECT_ROOT, 'cdk.json'), 'utf8')),
  );
  const app = spawn(process.execPath, [join('infra', 'app.ts')], {
    cwd: PROJECT_ROOT,
    env: {
      ...process.env,
      CDK_OUTDIR: options.outDir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJson.context, ...options.context }),
      CDK_VALIDATION: String(options.validate ?? false),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [exitCode]] = await Promise.all([text(app.stderr), once(app, 'close')]);
  if (exitCode !== 0) {
    throw new Error(`The CDK app could not be synthesised. ${withoutProgress(said)}`);
  }
}

/** The CDK reports every bundle on the same stream as errors. */
function withoutProgress(said: string): string {
  return said
    .split('\n')
    .filter((line) => !line.startsWith('Bundling asset '))
    .join('\n')
    .trim();
}
