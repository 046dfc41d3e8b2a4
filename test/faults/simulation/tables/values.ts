import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** An attribute's value as the document client gives and takes it. */
export type Value =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | Set<string | number>
  | Value[]
  | { [name: string]: Value };

/** Never changed once it stands in a table: versions share their values. */
export type Item = Readonly<Record<string, Value>>;

/** What the document client's marshaller does to an item: undefined attributes are left out. */
export function toItem(given: unknown): Item {
  const item: Record<string, Value> = {};
  for (const [name, value] of Object.entries(given as Record<string, unknown>)) {
    if (value !== undefined) item[name] = toValue(value);
  }
  return item;
}

export function toValue(given: unknown): Value {
  switch (typeof given) {
    case 'string':
    case 'boolean':
      return given;
    case 'number':
      if (!Number.isFinite(given)) throw new Error(`${given} is no number of DynamoDB`);
      return given;
    case 'object':
      if (given === null || given instanceof Uint8Array) return given;
      if (Array.isArray(given)) return given.map(toValue);
      if (given instanceof Set) {
        if (given.size === 0) throw new Error('DynamoDB has no empty sets');
        return new Set(given as Set<string | number>);
      }
      return toItem(given);
    default:
      throw new Error(`The simulated tables take no ${typeof given}`);
  }
}

/** As DynamoDB counts: names and text in UTF-8, two digits of a number to a byte. */
export function sizeOf(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item)) bytes += utf8(name) + valueSize(value);
  return bytes;
}

function valueSize(value: Value): number {
  if (typeof value === 'string') return utf8(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (value === null || typeof value === 'boolean') return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (Array.isArray(value) || value instanceof Set) {
    let bytes = 3;
    for (const element of value) bytes += valueSize(element) + 1;
    return bytes;
  }
  return 3 + sizeOf(value) + Object.keys(value).length;
}

const utf8 = (text: string) => Buffer.byteLength(text);

/** Numbers by value and text by its UTF-8 bytes; undefined for what has no order between it. */
export function compare(one: Value, other: Value): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other);
  return undefined;
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  const shared = Math.min(one.length, other.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = utf8Rank(one.charCodeAt(index)) - utf8Rank(other.charCodeAt(index));
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}

/** Surrogates stand for what comes after U+FFFF; in UTF-16 they sort before U+E000. */
const utf8Rank = (unit: number) => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

export function equal(one: Value | undefined, other: Value | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return false;
  return canonical(marshall(one)) === canonical(marshall(other));
}

/** Sets and maps have no order. */
const canonical = (value: AttributeValue): string =>
  JSON.stringify(value, (name, inner: unknown) => {
    if (Array.isArray(inner)) return name === 'SS' || name === 'NS' ? inner.toSorted() : inner;
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });

/** An item in DynamoDB JSON, as streams and errors show it. */
export function marshallItem(item: Item): Record<string, AttributeValue> {
  const image: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(item)) image[name] = marshall(value);
  return image;
}

function marshall(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (value instanceof Uint8Array) return { B: value };
  if (Array.isArray(value)) return { L: value.map(marshall) };
  if (!(value instanceof Set)) return { M: marshallItem(value) };
  const members = [...value];
  return typeof members[0] === 'number' ? { NS: members.map(String) } : { SS: members.map(String) };
}

/** A copy for a caller, who may do with it as he likes. */
export function copyOf(item: Item): Record<string, Value> {
  const copy: Record<string, Value> = {};
  for (const name in item) {
    const value = item[name] as Value;
    copy[name] = typeof value === 'object' && value !== null ? structuredClone(value) : value;
  }
  return copy;
}
