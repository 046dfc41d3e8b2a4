import { type Assembly, changeableApp } from '../support/assembly.ts';
import { giveUpSooner } from './give-up-sooner.ts';

let assembly: Assembly | undefined;

/** One assembly for all suites. A small share of the quota is one that a test can use up. */
export default async function setup(): Promise<void> {
  assembly = await changeableApp({ openAccess: true, postsPerSecond: 100 });
  giveUpSooner(assembly.path);
  process.env.ALARMS_ASSEMBLY = assembly.path;
}

export function removeAssembly(): void {
  assembly?.remove();
}
