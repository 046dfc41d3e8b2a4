import { invalid } from './errors.ts';
import { type Tokens, tokensOf } from './tokens.ts';
import { type Item, toValue, type Value } from './values.ts';

/** What the placeholders of a request's expressions stand for. */
export interface Bindings {
  name(word: string): string;
  value(word: string): Value;
}

/** Something read from an expression once, and evaluated with many requests. */
export interface Compiled<T> {
  run: T;
  placeholders: ReadonlySet<string>;
}

export type Operand = (item: Item, bindings: Bindings) => Value | undefined;

interface Placeholders {
  ExpressionAttributeNames?: Record<string, string> | undefined;
  ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

/**
 * @param expressions of the request: DynamoDB refuses names and values that none of them uses
 * @throws ValidationException
 */
export function bind(
  { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Placeholders,
  expressions: readonly (Compiled<unknown> | undefined)[],
): Bindings {
  for (const word of [...Object.keys(names), ...Object.keys(values)]) {
    if (!expressions.some((expression) => expression?.placeholders.has(word))) {
      throw invalid(`Value provided in ExpressionAttributeNames or -Values unused: ${word}`);
    }
  }
  return {
    name(word) {
      if (!word.startsWith('#')) return word;
      const name = names[word];
      if (name === undefined) throw invalid(`An expression attribute name is not defined: ${word}`);
      return name;
    },
    value(word) {
      const value = values[word];
      if (value === undefined)
        throw invalid(`An expression attribute value is not defined: ${word}`);
      return toValue(value);
    },
  };
}

/** A value, or the attribute of a name. */
export function readOperand(tokens: Tokens): Operand {
  const word = tokens.next();
  if (word.startsWith(':')) return (_item, bindings) => bindings.value(word);
  const path = asPath(word, tokens);
  return (item, bindings) => item[path(bindings)];
}

/** The name of a top-level attribute; the project has no other paths. */
export function readPath(tokens: Tokens): (bindings: Bindings) => string {
  return asPath(tokens.next(), tokens);
}

function asPath(word: string, tokens: Tokens): (bindings: Bindings) => string {
  if (!/^(#\w|[A-Za-z_])/.test(word) || tokens.peek() === '(') {
    throw invalid(`The simulated tables cannot read "${word}" in "${tokens.expression}"`);
  }
  return (bindings) => bindings.name(word);
}

/** Reads each expression once. */
export function cached<T>(
  read: (tokens: Tokens) => T,
): (expression: string | undefined) => Compiled<T> | undefined {
  const known = new Map<string, Compiled<T>>();
  return (expression) => {
    if (expression === undefined) return undefined;
    let compiled = known.get(expression);
    if (compiled === undefined) {
      const tokens = tokensOf(expression);
      const run = read(tokens);
      tokens.end();
      compiled = { run, placeholders: tokens.placeholders };
      known.set(expression, compiled);
    }
    return compiled;
  };
}
