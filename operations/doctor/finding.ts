/** Something that is wrong with a stack, as an operator is told. */
export interface Finding {
  /** What kind of thing it is; the same for every stack. */
  name: string;
  what: string;
  why: string;
  /** A command, or where it is written down. */
  fix: string;
}

/** Looks at one side of a stack. */
export interface Check {
  /** Ends the sentence "looked at …". */
  name: string;
  /** @throws when it could not look; {@link CannotTell} when that is nobody's fault. */
  look(): Promise<Finding[]>;
}

/** There is nothing to look at here, or no right to look; the message says which. */
export class CannotTell extends Error {}

export interface Examination {
  findings: Finding[];
  looked: string[];
  skipped: { name: string; why: string }[];
  failed: { name: string; why: string }[];
}

/** All checks at once. One that fails does not keep the others from looking. */
export async function examine(checks: readonly Check[]): Promise<Examination> {
  const examination: Examination = { findings: [], looked: [], skipped: [], failed: [] };
  const results = await Promise.allSettled(checks.map((check) => check.look()));
  results.forEach((result, index) => {
    const name = checks[index]?.name ?? '';
    if (result.status === 'fulfilled') {
      examination.looked.push(name);
      examination.findings.push(...result.value);
      return;
    }
    const { reason } = result;
    const why = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
    if (reason instanceof CannotTell) examination.skipped.push({ name, why: reason.message });
    else examination.failed.push({ name, why });
  });
  return examination;
}
