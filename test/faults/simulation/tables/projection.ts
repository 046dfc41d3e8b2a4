import { type Bindings, type Compiled, cached, readPath } from './bindings.ts';
import type { Tokens } from './tokens.ts';
import { copyOf, type Item, type Value } from './values.ts';

type Paths = ((bindings: Bindings) => string)[];

export const compileProjection = cached(readPaths);

function readPaths(tokens: Tokens): Paths {
  const paths = [readPath(tokens)];
  while (tokens.take(',')) paths.push(readPath(tokens));
  return paths;
}

/** What a caller gets of an item: a copy, with the attributes asked for. */
export function project(
  item: Item,
  projection: Compiled<Paths> | undefined,
  bindings: Bindings,
): Record<string, Value> {
  if (projection === undefined) return copyOf(item);
  return pick(
    item,
    projection.run.map((path) => path(bindings)),
  );
}

/** A copy with these attributes only, as far as the item has them. */
export function pick(item: Item, names: Iterable<string>): Record<string, Value> {
  const picked: Record<string, Value> = {};
  for (const name of names) {
    const value = item[name];
    if (value !== undefined) picked[name] = value;
  }
  return copyOf(picked);
}
