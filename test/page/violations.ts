import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds: the rule, and where. */
export async function violations(page: Page): Promise<string[]> {
  // Past the policy of the page, which lets no other script in.
  await page.evaluate(await readFile(AXE, 'utf8'));
  const results = (await page.evaluate(`axe.run({ resultTypes: ['violations'] })`)) as AxeResults;
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
  );
}
