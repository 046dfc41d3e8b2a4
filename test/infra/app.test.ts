import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { synthesize } from '../../local/template/synth.ts';

/** The checks take a few seconds on a quiet machine, and many times that on a busy one. */
const CHECKS_TIMEOUT_MS = 180_000;

/** The checks read templates only; what the functions are bundled into is another suite's business. */
const NO_BUNDLES = { 'aws:cdk:bundling-stacks': [] };

const outDir = mkdtempSync(join(tmpdir(), 'roomcast-app-'));

afterAll(() => rmSync(outDir, { recursive: true }));

describe('the app', () => {
  it.each([
    { stage: 'dev', context: { openAccess: true } },
    {
      stage: 'production',
      context: {
        stage: 'production',
        issuer: 'https://issuer.example',
        audience: 'chat',
        allowedOrigins: 'https://a.example',
        hosting: true,
      },
    },
  ])(
    'passes all checks of templates and of AwsSolutions for $stage',
    async ({ context }) => {
      await expect(
        synthesize({ outDir, context: { ...context, ...NO_BUNDLES }, validate: true }),
      ).resolves.toBeUndefined();
    },
    CHECKS_TIMEOUT_MS,
  );

  it('refuses in one line, without a stack trace, when nobody could be identified', async () => {
    const refusal = await synthesize({ outDir, context: {} }).catch(String);
    expect(refusal).toMatch(/^Error: The CDK app could not be synthesised\. Nobody [^\n]+$/);
  });
});
