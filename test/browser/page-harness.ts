/**
 * What the cases import in place of `@jest/globals` when they are bundled for a page: as much of it
 * as they use. `runCases()` runs them one after the other and reports each as it ends.
 */

export interface CaseResult {
  title: string;
  durationMs: number;
  /** Absent when the case has passed. */
  error?: string;
}

const CASE_TIMEOUT_MS = 30_000;

const groups: string[] = [];
const cases: { title: string; run: () => unknown }[] = [];
const cleanUps: (() => unknown)[] = [];

export function describe(title: string, body: () => void): void {
  groups.push(title);
  body();
  groups.pop();
}

export function it(title: string, run: () => unknown): void {
  cases.push({ title: [...groups, title].join(' › '), run });
}

export function afterEach(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

export function expect(actual: unknown) {
  function check(isMet: boolean, expected: unknown): void {
    if (!isMet) throw new Error(`expected ${show(expected)}\nreceived ${show(actual)}`);
  }
  return {
    toBe: (expected: unknown) => check(Object.is(actual, expected), expected),
    toEqual: (expected: unknown) => check(isEqual(actual, expected), expected),
  };
}

async function runCases(report: (result: CaseResult) => unknown): Promise<void> {
  if (cases.length === 0) throw new Error('There are no cases in the bundle.');
  for (const { title, run } of cases) {
    const startedAt = performance.now();
    const error = await outcomeOf(run);
    for (const cleanUp of cleanUps) await cleanUp();
    const durationMs = Math.round(performance.now() - startedAt);
    await report({ title, durationMs, ...(error === undefined ? {} : { error }) });
  }
}

async function outcomeOf(run: () => unknown): Promise<string | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isLate = new Promise<never>((_, reject) => {
    const late = () => reject(new Error(`It did not end within ${CASE_TIMEOUT_MS} ms.`));
    timer = setTimeout(late, CASE_TIMEOUT_MS);
  });
  try {
    await Promise.race([(async () => run())(), isLate]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Plain data: arrays and objects by their content, properties that are undefined count as absent. */
function isEqual(a: unknown, b: unknown): boolean {
  if (!isObject(a) || !isObject(b)) return Object.is(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== b.length) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) =>
    isEqual(a[key], b[key]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value);
}

Object.assign(globalThis, { runCases });
