/** The CDK app. `cdk synth`, `cdk deploy` and the one-machine runtime all start here. */
import { readFileSync } from 'node:fs';
import { App, Validations } from 'aws-cdk-lib';
import * as z from 'zod';
import { ConfigError, readConfig } from './config.ts';
import { createStacks } from './stacks.ts';

const packageJson = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')));

// Synthesis is started by hand, so that a refused configuration leaves no half-empty assembly.
const app = new App({ autoSynth: false });
try {
  createStacks(
    app,
    readConfig((key) => app.node.tryGetContext(key), packageJson.version),
  );
  // The same switch that turns off the validation built into the CDK.
  if (process.env.CDK_VALIDATION !== 'false') {
    const { AwsSolutionsChecks } = await import('cdk-nag');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  }
  app.synth();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
