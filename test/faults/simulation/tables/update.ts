import { type Bindings, cached, type Operand, readOperand, readPath } from './bindings.ts';
import { invalid } from './errors.ts';
import type { Tokens } from './tokens.ts';
import type { Item, Value } from './values.ts';

/** One attribute's new value, from the item as it was before the whole update; undefined removes it. */
interface Change {
  path(bindings: Bindings): string;
  value: Operand;
}

/** An update expression: SET with sums and if_not_exists, ADD of numbers, REMOVE. */
export const compileUpdate = cached(readUpdate);

export type Update = readonly Change[];

/**
 * The attributes that an update writes or removes.
 *
 * @throws ValidationException when it names one twice, or one of the key
 */
export function attributesOf(update: Update, key: Item, bindings: Bindings): Set<string> {
  const names = new Set<string>();
  for (const { path } of update) {
    const name = path(bindings);
    if (names.has(name)) throw invalid(`Two document paths overlap with each other: ${name}`);
    if (name in key) throw invalid(`Cannot update attribute ${name}: it is part of the key`);
    names.add(name);
  }
  return names;
}

/** @throws ValidationException for an update that DynamoDB would refuse for this item */
export function applyUpdate(update: Update, before: Item, bindings: Bindings): Item {
  const item: Record<string, Value> = { ...before };
  for (const { path, value } of update) {
    const next = value(before, bindings);
    if (next === undefined) delete item[path(bindings)];
    else item[path(bindings)] = next;
  }
  return item;
}

function readUpdate(tokens: Tokens): Change[] {
  const changes: Change[] = [];
  const readers = { SET: readAssignment, ADD: readAddition, REMOVE: readRemoval };
  while (tokens.peek() !== undefined) {
    const clause = tokens.next();
    const read = readers[clause.toUpperCase() as keyof typeof readers];
    if (read === undefined) {
      throw invalid(`The simulated tables cannot read "${clause}" in "${tokens.expression}"`);
    }
    do changes.push(read(tokens));
    while (tokens.take(','));
  }
  return changes;
}

function readAssignment(tokens: Tokens): Change {
  const path = readPath(tokens);
  tokens.expect('=');
  const left = readTerm(tokens);
  const sign = tokens.take('+') ? 1 : tokens.take('-') ? -1 : undefined;
  if (sign === undefined) return { path, value: left };
  const right = readTerm(tokens);
  return {
    path,
    value: (item, bindings) =>
      asNumber(left(item, bindings)) + sign * asNumber(right(item, bindings)),
  };
}

function readTerm(tokens: Tokens): Operand {
  if (tokens.take('if_not_exists')) {
    tokens.expect('(');
    const path = readPath(tokens);
    tokens.expect(',');
    const otherwise = readTerm(tokens);
    tokens.expect(')');
    return (item, bindings) => {
      const value = item[path(bindings)];
      // A null is there.
      return value === undefined ? otherwise(item, bindings) : value;
    };
  }
  const operand = readOperand(tokens);
  return (item, bindings) => {
    const value = operand(item, bindings);
    if (value !== undefined) return value;
    throw invalid('The provided expression refers to an attribute that does not exist in the item');
  };
}

/** A number that is not there yet counts as 0. */
function readAddition(tokens: Tokens): Change {
  const path = readPath(tokens);
  const summand = readOperand(tokens);
  return {
    path,
    value: (item, bindings) => {
      const { [path(bindings)]: standing = 0 } = item;
      return asNumber(standing) + asNumber(summand(item, bindings));
    },
  };
}

function readRemoval(tokens: Tokens): Change {
  return { path: readPath(tokens), value: () => undefined };
}

function asNumber(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  throw invalid('An operand in the update expression has an incorrect data type');
}
