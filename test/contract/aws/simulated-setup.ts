import { readTemplateStores } from '../../support/template-stores.ts';

/** One synthesis for all suites: the simulation itself starts in no time. */
export default async function setup(): Promise<void> {
  const stores = await readTemplateStores((name) => `https://sqs.invalid/000000000000/${name}`);
  process.env.SIMULATED_STORES = JSON.stringify(stores);
}
