import { counted, inOneLine } from '../common/table.ts';
import type { Examination } from './finding.ts';

const REASON_MAX_CHARACTERS = 200;

/** What a person is told. */
export function describe(examination: Examination): string {
  const { findings, looked, skipped, failed } = examination;
  return [
    ...findings.map(({ what, why, fix }) => `✗ ${what}\n  Why: ${why}\n  Fix: ${fix}\n`),
    ...failed.map(
      ({ name, why }) => `? Could not look at ${name}: ${inOneLine(why, REASON_MAX_CHARACTERS)}\n`,
    ),
    `Looked at ${looked.join(', ') || 'nothing'}.`,
    ...skipped.map(({ name, why }) => `Left out: ${name}, since ${why}.`),
    findings.length === 0 ? 'Nothing is wrong.' : `${counted(findings.length, 'finding')}.`,
  ].join('\n');
}

/** Could not look, or found something, or all is well. */
export function exitStatusOf({ findings, failed }: Examination): number {
  if (failed.length > 0) return 2;
  return findings.length > 0 ? 1 : 0;
}
