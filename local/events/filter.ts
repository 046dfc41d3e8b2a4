import { compileOperator, isLeaf, isObject, type Test } from './filter-operators.ts';

/**
 * Compiles filter patterns in EventBridge syntax; an event passes when any of them matches, or when
 * there is none. A pattern may be an object or its JSON text, as CloudFormation writes it.
 *
 * @throws Error that names the operator or the place in the pattern, so that a mapping with a filter
 * that this emulation does not know fails at start and not by letting the wrong events through.
 */
export function createFilter(patterns: unknown[]): (event: unknown) => boolean {
  const tests = patterns.map((pattern) => {
    const parsed: unknown = typeof pattern === 'string' ? JSON.parse(pattern) : pattern;
    if (!isObject(parsed)) throw new Error(`A filter pattern must be an object: ${pattern}`);
    return compileFields(parsed, '');
  });
  return tests.length === 0 ? () => true : (event) => tests.some((test) => test(event));
}

/** All named fields match. An array in the event matches when one element does as a whole. */
function compileFields(pattern: Record<string, unknown>, path: string): Test {
  const fields = Object.entries(pattern).map(([name, expected]): Test => {
    const at = path === '' ? name : `${path}.${name}`;
    if (name === '$or') return compileOr(expected, at);
    const test = compileField(expected, at);
    return (parent) => test(isObject(parent) ? parent[name] : undefined);
  });
  const all: Test = (value) => fields.every((field) => field(value));
  return (value) => (Array.isArray(value) ? value.some(all) : all(value));
}

function compileField(expected: unknown, at: string): Test {
  if (isObject(expected)) return compileFields(expected, at);
  if (!Array.isArray(expected) || expected.length === 0) {
    throw new Error(`The filter pattern at ${at} must be an object or an array with a value in it`);
  }
  const alternatives = expected.map((one) => compileAlternative(one, at));
  return (value) => alternatives.some((test) => test(value));
}

function compileOr(expected: unknown, at: string): Test {
  if (!Array.isArray(expected) || expected.length < 2 || !expected.every(isObject)) {
    throw new Error(`The filter pattern at ${at} must be an array of two patterns or more`);
  }
  const branches = expected.map((branch) => compileFields(branch, at));
  return (value) => branches.some((branch) => branch(value));
}

function compileAlternative(expected: unknown, at: string): Test {
  if (isObject(expected)) {
    const [operator, ...others] = Object.entries(expected);
    if (!operator || others.length > 0) {
      throw new Error(`The filter pattern at ${at} must name one operator in each alternative`);
    }
    const [name, argument] = operator;
    if (name !== 'exists') return anyLeaf(compileOperator(name, argument, at));
    if (typeof argument !== 'boolean') throw new Error(`"exists" at ${at} must be true or false`);
    // Only leaves exist for this operator: an object in the event counts as absent.
    const present = anyLeaf(() => true);
    return (value) => present(value) === argument;
  }
  if (!isLeaf(expected)) throw new Error(`The filter pattern at ${at} nests an array in an array`);
  return anyLeaf((value) => value === expected);
}

function anyLeaf(test: Test): Test {
  return (value) =>
    Array.isArray(value)
      ? value.some((element) => isLeaf(element) && test(element))
      : isLeaf(value) && test(value);
}
