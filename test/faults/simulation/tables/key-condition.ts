import type { KeyModel } from '../../../../local/template/model.ts';
import { type Bindings, cached, readPath } from './bindings.ts';
import { invalid } from './errors.ts';
import type { Tokens } from './tokens.ts';
import { compare, type Value } from './values.ts';

/** The rows that a query evaluates. */
export interface KeyRange {
  partition: Value;
  /** Where a sort key lies: below the range (negative), in it (0) or above it. */
  place(sort: Value): number;
}

interface Part {
  path(bindings: Bindings): string;
  operator: string;
  values: string[];
}

/** A key condition: one partition, and a stretch of its sort keys. */
export const compileKeyCondition = cached(readParts);

export function toKeyRange(parts: readonly Part[], key: KeyModel, bindings: Bindings): KeyRange {
  const partOf = (name: string | undefined) => parts.find(({ path }) => path(bindings) === name);
  const partition = partOf(key.partition);
  const sort = partOf(key.sort);
  if (partition?.operator !== '=') {
    throw invalid(`Query condition missed key schema element: ${key.partition}`);
  }
  if (parts.length > (sort === undefined ? 1 : 2)) {
    throw invalid('Query key condition not supported');
  }
  const [value = ''] = partition.values;
  return {
    partition: bindings.value(value),
    place: sort === undefined ? () => 0 : placeIn(sort, bindings),
  };
}

function placeIn({ operator, values }: Part, bindings: Bindings): KeyRange['place'] {
  const [low = null, high = null] = values.map((word) => bindings.value(word));
  const against = (limit: Value, sort: Value) => {
    const difference = compare(sort, limit);
    if (difference === undefined) {
      throw invalid('One or more parameter values were invalid: Condition parameter type');
    }
    return difference;
  };
  switch (operator) {
    case '=':
      return (sort) => against(low, sort);
    case '<':
      return (sort) => (against(low, sort) < 0 ? 0 : 1);
    case '<=':
      return (sort) => (against(low, sort) <= 0 ? 0 : 1);
    case '>':
      return (sort) => (against(low, sort) > 0 ? 0 : -1);
    case '>=':
      return (sort) => (against(low, sort) >= 0 ? 0 : -1);
    case 'BETWEEN':
      return (sort) => (against(low, sort) < 0 ? -1 : against(high, sort) > 0 ? 1 : 0);
    default:
      return (sort) => (String(sort).startsWith(String(low)) ? 0 : against(low, sort));
  }
}

function readParts(tokens: Tokens): Part[] {
  const parts: Part[] = [];
  do parts.push(readPart(tokens));
  while (tokens.take('AND'));
  return parts;
}

function readPart(tokens: Tokens): Part {
  if (tokens.take('begins_with')) {
    tokens.expect('(');
    const path = readPath(tokens);
    tokens.expect(',');
    const values = [readValue(tokens)];
    tokens.expect(')');
    return { path, operator: 'begins_with', values };
  }
  const path = readPath(tokens);
  if (tokens.take('BETWEEN')) {
    const low = readValue(tokens);
    tokens.expect('AND');
    return { path, operator: 'BETWEEN', values: [low, readValue(tokens)] };
  }
  const operator = tokens.next();
  if (!['=', '<', '<=', '>', '>='].includes(operator)) {
    throw invalid(`Invalid operator used in KeyConditionExpression: ${operator}`);
  }
  return { path, operator, values: [readValue(tokens)] };
}

function readValue(tokens: Tokens): string {
  const word = tokens.next();
  if (!word.startsWith(':')) throw invalid(`No value: ${word} in "${tokens.expression}"`);
  return word;
}
