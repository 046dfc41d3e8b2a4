import { type Bindings, cached, type Operand, readOperand, readPath } from './bindings.ts';
import { invalid } from './errors.ts';
import type { Tokens } from './tokens.ts';
import { compare, equal, type Item, type Value } from './values.ts';

export type Condition = (item: Item, bindings: Bindings) => boolean;

/** A condition or filter expression: comparisons, BETWEEN, IN, four functions, AND, OR, NOT, brackets. */
export const compileCondition = cached(readDisjunction);

function readDisjunction(tokens: Tokens): Condition {
  const left = readConjunction(tokens);
  if (!tokens.take('OR')) return left;
  const right = readDisjunction(tokens);
  return (item, bindings) => left(item, bindings) || right(item, bindings);
}

function readConjunction(tokens: Tokens): Condition {
  const left = readNegation(tokens);
  if (!tokens.take('AND')) return left;
  const right = readConjunction(tokens);
  return (item, bindings) => left(item, bindings) && right(item, bindings);
}

function readNegation(tokens: Tokens): Condition {
  if (tokens.take('NOT')) {
    const negated = readNegation(tokens);
    return (item, bindings) => !negated(item, bindings);
  }
  if (tokens.take('(')) {
    const inner = readDisjunction(tokens);
    tokens.expect(')');
    return inner;
  }
  return readFunction(tokens) ?? readComparison(tokens);
}

function readFunction(tokens: Tokens): Condition | undefined {
  if (tokens.take('attribute_exists')) return readExistence(tokens, true);
  if (tokens.take('attribute_not_exists')) return readExistence(tokens, false);
  if (tokens.take('begins_with')) {
    return readPair(
      tokens,
      (text, prefix) =>
        typeof text === 'string' && typeof prefix === 'string' && text.startsWith(prefix),
    );
  }
  if (tokens.take('contains')) {
    return readPair(tokens, (whole, part) => {
      if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
      if (whole instanceof Set) return whole.has(part as string | number);
      return Array.isArray(whole) && whole.some((element) => equal(element, part));
    });
  }
  return undefined;
}

function readExistence(tokens: Tokens, expected: boolean): Condition {
  tokens.expect('(');
  const path = readPath(tokens);
  tokens.expect(')');
  return (item, bindings) => (item[path(bindings)] !== undefined) === expected;
}

function readPair(
  tokens: Tokens,
  holds: (left: Value | undefined, right: Value | undefined) => boolean,
): Condition {
  tokens.expect('(');
  const left = readOperand(tokens);
  tokens.expect(',');
  const right = readOperand(tokens);
  tokens.expect(')');
  return (item, bindings) => holds(left(item, bindings), right(item, bindings));
}

function readComparison(tokens: Tokens): Condition {
  const left = readOperand(tokens);
  if (tokens.take('BETWEEN')) {
    const low = readOperand(tokens);
    tokens.expect('AND');
    const high = readOperand(tokens);
    const isFrom = COMPARATORS['>='];
    const isTo = COMPARATORS['<='];
    return (item, bindings) => {
      const value = left(item, bindings);
      return isFrom(value, low(item, bindings)) && isTo(value, high(item, bindings));
    };
  }
  if (tokens.take('IN')) {
    const members = readList(tokens);
    return (item, bindings) => {
      const value = left(item, bindings);
      return members.some((member) => isEqual(value, member(item, bindings)));
    };
  }
  const word = tokens.next();
  if (!isComparator(word)) {
    throw invalid(`The simulated tables cannot read "${word}" in "${tokens.expression}"`);
  }
  const right = readOperand(tokens);
  const holds = COMPARATORS[word];
  return (item, bindings) => holds(left(item, bindings), right(item, bindings));
}

function readList(tokens: Tokens): Operand[] {
  tokens.expect('(');
  const members = [readOperand(tokens)];
  while (tokens.take(',')) members.push(readOperand(tokens));
  tokens.expect(')');
  return members;
}

type Comparator = (left: Value | undefined, right: Value | undefined) => boolean;

/** What is not there, or of another type, is neither above nor below. */
const ordered =
  (holds: (difference: number) => boolean): Comparator =>
  (left, right) => {
    if (left === undefined || right === undefined) return false;
    const difference = compare(left, right);
    return difference !== undefined && holds(difference);
  };

const isEqual: Comparator = (left, right) =>
  left !== undefined && right !== undefined && equal(left, right);

const COMPARATORS = {
  '=': isEqual,
  '<>': (left, right) => !isEqual(left, right),
  '<': ordered((difference) => difference < 0),
  '<=': ordered((difference) => difference <= 0),
  '>': ordered((difference) => difference > 0),
  '>=': ordered((difference) => difference >= 0),
} satisfies Record<string, Comparator>;

const isComparator = (word: string): word is keyof typeof COMPARATORS => word in COMPARATORS;
