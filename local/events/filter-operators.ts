export type Test = (value: unknown) => boolean;

type Leaf = string | number | boolean | null;

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isLeaf(value: unknown): value is Leaf {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/**
 * Compiles one operator of the EventBridge pattern language to a test of a leaf value.
 *
 * @throws Error for an operator or an argument that is not known here.
 */
export function compileOperator(name: string, argument: unknown, at: string): Test {
  switch (name) {
    case 'prefix':
      return text(name, argument, at, (value, part) => value.startsWith(part));
    case 'suffix':
      return text(name, argument, at, (value, part) => value.endsWith(part));
    case 'equals-ignore-case':
      return text(name, argument, at, (value, part) => value.toLowerCase() === part.toLowerCase());
    case 'anything-but':
      return anythingBut(argument, at);
    case 'numeric':
      return numeric(argument, at);
    default:
      throw new Error(
        `Unknown filter operator "${name}" at ${at}. Known: prefix, suffix, equals-ignore-case, ` +
          'anything-but, numeric, exists, $or',
      );
  }
}

function text(
  name: string,
  argument: unknown,
  at: string,
  matches: (value: string, part: string) => boolean,
): Test {
  if (typeof argument !== 'string') throw new Error(`"${name}" at ${at} must have a string`);
  return (value) => typeof value === 'string' && matches(value, argument);
}

function anythingBut(argument: unknown, at: string): Test {
  const negated = isObject(argument) ? compileNested(argument, at) : oneOf(argument, at);
  return (value) => !negated(value);
}

function compileNested(argument: Record<string, unknown>, at: string): Test {
  const tests = Object.entries(argument).flatMap(([name, parts]) =>
    (Array.isArray(parts) ? parts : [parts]).map((part) => {
      if (name === 'numeric' || name === 'anything-but') {
        throw new Error(`"anything-but" at ${at} cannot hold "${name}"`);
      }
      return compileOperator(name, part, at);
    }),
  );
  if (tests.length === 0) throw new Error(`"anything-but" at ${at} is empty`);
  return (value) => tests.some((test) => test(value));
}

function oneOf(argument: unknown, at: string): Test {
  const excluded = Array.isArray(argument) ? argument : [argument];
  if (excluded.length === 0 || !excluded.every(isLeaf)) {
    throw new Error(`"anything-but" at ${at} must have a value or a list of values`);
  }
  return (value) => excluded.some((one) => one === value);
}

const COMPARISONS: Record<string, (value: number, bound: number) => boolean> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

/** `["=", 5]` or a range such as `[">", 0, "<=", 5]`. Matches JSON numbers only, as on AWS. */
function numeric(argument: unknown, at: string): Test {
  if (!Array.isArray(argument) || ![2, 4].includes(argument.length)) {
    throw new Error(`"numeric" at ${at} must be like ["=", 5] or [">", 0, "<=", 5]`);
  }
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < argument.length; i += 2) {
    const compare = COMPARISONS[String(argument[i])];
    const bound: unknown = argument[i + 1];
    if (!compare || typeof bound !== 'number') {
      throw new Error(`"numeric" at ${at} has no comparison "${argument[i]}" with ${bound}`);
    }
    tests.push((value) => compare(value, bound));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}
