import type { TableModel } from '../../../../local/template/model.ts';
import { shardOf } from '../../../../shared/domain/shard.ts';
import { type ChangeStream, createChangeStream } from './change-stream.ts';
import { invalid } from './errors.ts';
import type { KeyRange } from './key-condition.ts';
import { pick } from './projection.ts';
import { compare, type Item, sizeOf, type Value } from './values.ts';

const ITEM_MAX_BYTES = 400 * 1024;

/** Eventually consistent reads catch up within a second, says DynamoDB's documentation. */
const STALE_MAX_MS = 1_000;

/** One key's place in a table; it stays when its item is deleted, for reads that lag behind. */
interface Row {
  sort: Value;
  item: Item | undefined;
  bytes: number;
  /** What stood here before the last write, and when that was. */
  before: Item | undefined;
  writtenAt: number;
}

export interface ReadView {
  stale: boolean;
  now: number;
}

/** An item that a Query or Scan has come across. */
export interface Found {
  item: Item;
  bytes: number;
}

export interface Table {
  readonly model: TableModel;
  readonly stream: ChangeStream;
  /** @throws ValidationException unless the given attributes are the key, and nothing else */
  requireKey(key: Item): void;
  keyOf(item: Item): Item;
  get(key: Item, view?: ReadView): Item | undefined;
  /** Puts an item at its key. @throws ValidationException for one without its key, or too large */
  put(item: Item, now: number): void;
  remove(key: Item, now: number, byTtl?: boolean): void;
  /** The items of a range in the order of their sort keys, after `start` if it is given. */
  range(range: KeyRange, forward: boolean, start: Item | undefined, view: ReadView): Found[];
  /** Every item, partition after partition in the order of their hashes. */
  scan(start: Item | undefined, view: ReadView): Found[];
  /** In the order of `scan`. */
  items(): Item[];
}

const LATEST: ReadView = { stale: false, now: 0 };

export function createTable(model: TableModel): Table {
  const { partition: partitionName, sort: sortName } = model.key;
  const keyNames = sortName === undefined ? [partitionName] : [partitionName, sortName];
  const types = new Map(model.attributes.map(({ name, type }) => [name, type]));
  /** Rows in the order of their sort keys. */
  const partitions = new Map<Value, Row[]>();
  const stream = createChangeStream(model);

  function requireKeyAttributes(item: Item): void {
    for (const name of keyNames) {
      const value = item[name];
      const type = typeof value === 'string' ? 'S' : typeof value === 'number' ? 'N' : undefined;
      if (type === undefined || type !== types.get(name) || value === '') {
        throw invalid(`One of the required keys was not given a value of its type: ${name}`);
      }
    }
  }

  const partitionOf = (key: Item) => key[partitionName] as Value;
  const sortOf = (key: Item) => (sortName === undefined ? null : (key[sortName] as Value));

  /** The first row that is not below; its sort key may be another. */
  function position(rows: readonly Row[], isBelow: (sort: Value) => boolean): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBelow((rows[middle] as Row).sort)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  const order = (one: Value, other: Value) => compare(one, other) ?? 0;

  function rowAt(key: Item): Row | undefined {
    const rows = partitions.get(partitionOf(key));
    if (rows === undefined) return undefined;
    const sort = sortOf(key);
    const row = rows[position(rows, (other) => order(other, sort) < 0)];
    return row !== undefined && row.sort === sort ? row : undefined;
  }

  function write(key: Item, item: Item | undefined, now: number, byTtl: boolean): void {
    let row = rowAt(key);
    if (row === undefined) {
      if (item === undefined) return;
      const sort = sortOf(key);
      row = { sort, item: undefined, bytes: 0, before: undefined, writtenAt: now };
      const rows = partitions.get(partitionOf(key)) ?? [];
      partitions.set(partitionOf(key), rows);
      rows.splice(
        position(rows, (other) => order(other, sort) < 0),
        0,
        row,
      );
    }
    const before = row.item;
    row.before = before;
    row.item = item;
    row.bytes = item === undefined ? 0 : sizeOf(item);
    row.writtenAt = now;
    if (before !== undefined || item !== undefined) {
      stream.append({ keys: pick(key, keyNames), before, after: item, at: now, byTtl });
    }
  }

  function seen(row: Row, { stale, now }: ReadView): Item | undefined {
    return stale && now - row.writtenAt < STALE_MAX_MS ? row.before : row.item;
  }

  function found(rows: Iterable<Row>, view: ReadView): Found[] {
    const items: Found[] = [];
    for (const row of rows) {
      const item = seen(row, view);
      if (item !== undefined) items.push({ item, bytes: row.bytes });
    }
    return items;
  }

  /** A hash, so that nobody comes to rely on an order that DynamoDB does not have. */
  const placeOf = (partition: Value) => shardOf(String(partition), 2 ** 32);

  function* rowsFrom(start: Item | undefined): Generator<Row> {
    const ordered = [...partitions].toSorted(
      ([one], [other]) => placeOf(one) - placeOf(other) || order(one, other),
    );
    for (const [partition, rows] of ordered) {
      if (start === undefined) yield* rows;
      else if (partition === partitionOf(start)) yield* rowsAfter(rows, start, true);
      else if (placeOf(partition) > placeOf(partitionOf(start))) yield* rows;
    }
  }

  function rowsAfter(rows: readonly Row[], start: Item, forward: boolean): readonly Row[] {
    const sort = sortOf(start);
    return forward
      ? rows.slice(position(rows, (other) => order(other, sort) <= 0))
      : rows.slice(
          0,
          position(rows, (other) => order(other, sort) < 0),
        );
  }

  return {
    model,
    stream,
    requireKey(key) {
      requireKeyAttributes(key);
      if (Object.keys(key).length === keyNames.length) return;
      throw invalid('The provided key element does not match the schema');
    },
    keyOf: (item) => pick(item, keyNames),
    get(key, view = LATEST) {
      const row = rowAt(key);
      return row === undefined ? undefined : seen(row, view);
    },
    put(item, now) {
      requireKeyAttributes(item);
      if (sizeOf(item) > ITEM_MAX_BYTES) {
        throw invalid('Item size has exceeded the maximum allowed size');
      }
      write(item, item, now, false);
    },
    remove: (key, now, byTtl = false) => write(key, undefined, now, byTtl),
    range({ partition, place }, forward, start, view) {
      const rows = partitions.get(partition) ?? [];
      const from = position(rows, (sort) => place(sort) < 0);
      const to = position(rows, (sort) => place(sort) <= 0);
      const inRange = rows.slice(from, to);
      const rest = start === undefined ? inRange : rowsAfter(inRange, start, forward);
      return found(forward ? rest : rest.toReversed(), view);
    },
    scan: (start, view) => found(rowsFrom(start), view),
    items: () => found(rowsFrom(undefined), LATEST).map(({ item }) => item),
  };
}
