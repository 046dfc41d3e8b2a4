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

export interface Updated {
  item: Item;
  /** The attributes that were written or removed. */
  changed: ReadonlySet<string>;
}

/** @throws ValidationException for an update that DynamoDB would refuse for this item */
export function applyUpdate(changes: readonly Change[], before: Item, bindings: Bindings): Updated {
  const item: Record<string, Value> = { ...before };
  const changed = new Set<string>();
  for (const { path, value } of changes) {
    const name = path(bindings);
    if (changed.has(name)) throw invalid(`Two document paths overlap with each other: ${name}`);
    changed.add(name);
    const next = value(before, bindings);
    if (next === undefined) delete item[name];
    else item[name] = next;
  }
  return { item, changed };
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
    return (item, bindings) => item[path(bindings)] ?? otherwise(item, bindings);
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
    value: (item, bindings) =>
      asNumber(item[path(bindings)] ?? 0) + asNumber(summand(item, bindings)),
  };
}

function readRemoval(tokens: Tokens): Change {
  return { path: readPath(tokens), value: () => undefined };
}

function asNumber(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  throw invalid('An operand in the update expression has an incorrect data type');
}
