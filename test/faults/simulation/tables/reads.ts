import type {
  BatchGetCommandInput,
  GetCommandInput,
  QueryCommandInput,
  ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Thoroughness } from '../simulated-client.ts';
import { type Bindings, bind } from './bindings.ts';
import { compileCondition } from './condition.ts';
import { invalid } from './errors.ts';
import { compileKeyCondition, toKeyRange } from './key-condition.ts';
import { compileProjection, project } from './projection.ts';
import type { Found, ReadView, Table } from './table.ts';
import { toItem } from './values.ts';

const BATCH_GET_MAX = 100;

export interface ReadContext {
  tableOf(name: string | undefined): Table;
  now(): number;
  /** What Query and Scan evaluate before they cut a page: 1 MB on AWS. */
  pageBytes: number;
}

export function createReads({ tableOf, now, pageBytes }: ReadContext) {
  const viewOf = (consistent: boolean | undefined, how: Thoroughness): ReadView => ({
    stale: how === 'stale' && consistent !== true,
    now: now(),
  });

  interface PageInput extends Pick<QueryCommandInput, 'Limit'> {
    table: Table;
    projection: ReturnType<typeof compileProjection>;
    filter: ReturnType<typeof compileCondition>;
    bindings: Bindings;
  }

  /** The limit and the size of a page count what is evaluated, before the filter. */
  function toPage(candidates: readonly Found[], input: PageInput) {
    const { table, filter, projection, bindings, Limit = Number.POSITIVE_INFINITY } = input;
    if (Limit < 1) throw invalid('Limit must be at least 1');
    const Items: object[] = [];
    let bytes = 0;
    let evaluated = 0;
    for (const { item, bytes: size } of candidates) {
      evaluated += 1;
      bytes += size;
      if (filter === undefined || filter.run(item, bindings)) {
        Items.push(project(item, projection, bindings));
      }
      if (evaluated === Limit || bytes > pageBytes) break;
    }
    const last = candidates[evaluated - 1];
    // A page that is full names its last row, whether or not another follows.
    const isFull = evaluated === Limit || bytes > pageBytes;
    return {
      Items,
      Count: Items.length,
      ScannedCount: evaluated,
      ...(isFull && last !== undefined && { LastEvaluatedKey: table.keyOf(last.item) }),
    };
  }

  return {
    get(input: GetCommandInput, how: Thoroughness) {
      const table = tableOf(input.TableName);
      const key = toItem(input.Key);
      table.requireKey(key);
      const projection = compileProjection(input.ProjectionExpression);
      const bindings = bind(input, [projection]);
      const item = table.get(key, viewOf(input.ConsistentRead, how));
      return item === undefined ? {} : { Item: project(item, projection, bindings) };
    },

    query(input: QueryCommandInput, how: Thoroughness) {
      const table = tableOf(input.TableName);
      const keys = compileKeyCondition(input.KeyConditionExpression);
      if (keys === undefined) throw invalid('KeyConditionExpression is missing');
      const filter = compileCondition(input.FilterExpression);
      const projection = compileProjection(input.ProjectionExpression);
      const bindings = bind(input, [keys, filter, projection]);
      const candidates = table.range(
        toKeyRange(keys.run, table.model.key, bindings),
        input.ScanIndexForward !== false,
        startOf(table, input.ExclusiveStartKey),
        viewOf(input.ConsistentRead, how),
      );
      const page = toPage(candidates, { table, filter, projection, bindings, Limit: input.Limit });
      if (input.Select === undefined) return page;
      if (input.Select !== 'COUNT') throw invalid(`Select ${input.Select} is not simulated`);
      const { Items: _, ...counts } = page;
      return counts;
    },

    scan(input: ScanCommandInput, how: Thoroughness) {
      const table = tableOf(input.TableName);
      const filter = compileCondition(input.FilterExpression);
      const projection = compileProjection(input.ProjectionExpression);
      const bindings = bind(input, [filter, projection]);
      const candidates = table.scan(
        startOf(table, input.ExclusiveStartKey),
        viewOf(input.ConsistentRead, how),
      );
      return toPage(candidates, { table, filter, projection, bindings, Limit: input.Limit });
    },

    /** Answers in another order than asked, as DynamoDB may. */
    batchGet(input: BatchGetCommandInput, how: Thoroughness) {
      const Responses: Record<string, object[]> = {};
      const UnprocessedKeys: Record<string, unknown> = {};
      let count = 0;
      for (const [name, request] of Object.entries(input.RequestItems ?? {})) {
        const table = tableOf(name);
        const keys = (request.Keys ?? []).map(toItem);
        for (const key of keys) table.requireKey(key);
        count += keys.length;
        if (new Set(keys.map((key) => JSON.stringify(key))).size < keys.length) {
          throw invalid('Provided list of item keys contains duplicates');
        }
        const projection = compileProjection(request.ProjectionExpression);
        const bindings = bind(request, [projection]);
        const view = viewOf(request.ConsistentRead, how);
        const read = how === 'partial' ? keys.slice(0, Math.ceil(keys.length / 2)) : keys;
        Responses[name] = read
          .toReversed()
          .map((key) => table.get(key, view))
          .filter((item) => item !== undefined)
          .map((item) => project(item, projection, bindings));
        if (read.length < keys.length) {
          UnprocessedKeys[name] = { ...request, Keys: keys.slice(read.length) };
        }
      }
      if (count === 0 || count > BATCH_GET_MAX) throw invalid('Too many items requested, or none');
      return { Responses, UnprocessedKeys };
    },
  };
}

function startOf(table: Table, given: Record<string, unknown> | undefined) {
  if (given === undefined) return undefined;
  const start = toItem(given);
  table.requireKey(start);
  return start;
}
