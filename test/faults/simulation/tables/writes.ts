import type {
  BatchWriteCommandInput,
  DeleteCommandInput,
  PutCommandInput,
  TransactWriteCommandInput,
  UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { Thoroughness } from '../simulated-client.ts';
import { type Bindings, bind, type Compiled } from './bindings.ts';
import { type Condition, compileCondition } from './condition.ts';
import { conditionFailed, invalid } from './errors.ts';
import { pick } from './projection.ts';
import type { Table } from './table.ts';
import { applyUpdate, attributesOf, compileUpdate } from './update.ts';
import { copyOf, type Item, marshallItem, toItem } from './values.ts';

const BATCH_WRITE_MAX = 25;

export interface WriteContext {
  tableOf(name: string | undefined): Table;
  now(): number;
}

export interface Target {
  table: Table;
  key: Item;
}

/** A write that has been checked against the table as it is, and not been made yet. */
export interface PlannedWrite extends Target {
  make(): void;
  /** What the request is answered, once it is made. */
  reply: object;
}

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

type Conditional = Pick<
  DeleteCommandInput,
  | 'ConditionExpression'
  | 'ReturnValuesOnConditionCheckFailure'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
>;

type OfOneKey = Conditional & Pick<DeleteCommandInput, 'TableName' | 'Key'>;

export function createWrites({ tableOf, now }: WriteContext) {
  function requireCondition(
    { ReturnValuesOnConditionCheckFailure }: Conditional,
    condition: Compiled<Condition> | undefined,
    before: Item | undefined,
    bindings: Bindings,
  ): void {
    if (condition === undefined || condition.run(before ?? {}, bindings)) return;
    const isAsked = ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
    throw conditionFailed(isAsked ? marshallItem(before) : undefined);
  }

  /** What stood there before, if that was asked for. */
  function oldAttributes(asked: string | undefined, before: Item | undefined): object {
    if (asked === undefined || asked === 'NONE') return {};
    if (asked !== 'ALL_OLD') throw invalid(`ReturnValues set to invalid value: ${asked}`);
    return before === undefined ? {} : { Attributes: copyOf(before) };
  }

  function planPut(input: PutCommandInput): PlannedWrite {
    const table = tableOf(input.TableName);
    const item = toItem(input.Item);
    const condition = compileCondition(input.ConditionExpression);
    const bindings = bind(input, [condition]);
    const key = table.keyOf(item);
    table.requireKey(key);
    const before = table.get(key);
    requireCondition(input, condition, before, bindings);
    const reply = oldAttributes(input.ReturnValues, before);
    return { table, key, reply, make: () => table.put(item, now()) };
  }

  function planDelete(input: DeleteCommandInput): PlannedWrite {
    const { table, key, before } = examine(input);
    const reply = oldAttributes(input.ReturnValues, before);
    return { table, key, reply, make: () => table.remove(key, now()) };
  }

  function planUpdate(input: UpdateCommandInput): PlannedWrite {
    const compiled = compileUpdate(input.UpdateExpression);
    const update = compiled?.run ?? [];
    let changed = new Set<string>();
    const { table, key, before, bindings } = examine(input, compiled, (bound, ownKey) => {
      changed = attributesOf(update, ownKey, bound);
    });
    const after = { ...applyUpdate(update, before ?? {}, bindings), ...key };
    const Attributes = updatedAttributes(input.ReturnValues, before, after, changed);
    const reply = Object.keys(Attributes).length === 0 ? {} : { Attributes };
    return { table, key, reply, make: () => table.put(after, now()) };
  }

  function planCheck(input: OfOneKey): PlannedWrite {
    const { table, key } = examine(input);
    return { table, key, reply: {}, make: () => {} };
  }

  /**
   * The item of the request's key, if the request's condition holds.
   *
   * @param validate what the request itself is checked for, before its condition
   */
  function examine(
    input: OfOneKey,
    update?: Compiled<unknown>,
    validate: (bindings: Bindings, key: Item) => void = () => {},
  ) {
    const table = tableOf(input.TableName);
    const key = toItem(input.Key);
    table.requireKey(key);
    const condition = compileCondition(input.ConditionExpression);
    const bindings = bind(input, [condition, update]);
    validate(bindings, key);
    const before = table.get(key);
    requireCondition(input, condition, before, bindings);
    return { table, key, before, bindings };
  }

  function carryOut({ make, reply }: PlannedWrite): object {
    make();
    return reply;
  }

  return {
    put: (input: PutCommandInput) => carryOut(planPut(input)),
    update: (input: UpdateCommandInput) => carryOut(planUpdate(input)),
    delete: (input: DeleteCommandInput) => carryOut(planDelete(input)),

    batchWrite(input: BatchWriteCommandInput, how: Thoroughness) {
      const UnprocessedItems: Record<string, unknown[]> = {};
      const planned: PlannedWrite[] = [];
      let count = 0;
      for (const [name, requests] of Object.entries(input.RequestItems ?? {})) {
        count += requests.length;
        const plans = requests.map(({ PutRequest, DeleteRequest }) =>
          PutRequest === undefined
            ? planDelete({ TableName: name, Key: DeleteRequest?.Key })
            : planPut({ TableName: name, Item: PutRequest.Item }),
        );
        requireDistinct(plans, 'Provided list of item keys contains duplicates');
        const taken = how === 'partial' ? Math.ceil(plans.length / 2) : plans.length;
        planned.push(...plans.slice(0, taken));
        if (taken < plans.length) UnprocessedItems[name] = requests.slice(taken);
      }
      if (count === 0 || count > BATCH_WRITE_MAX) throw invalid('Too many items in the batch');
      for (const write of planned) write.make();
      return { UnprocessedItems };
    },

    /** Which item a part of a transaction is about. */
    target({ Put, Update, Delete, ConditionCheck }: TransactItem): Target {
      const { TableName } = Put ?? Update ?? Delete ?? ConditionCheck ?? {};
      const table = tableOf(TableName);
      const key = Put ? table.keyOf(toItem(Put.Item)) : (Update ?? Delete ?? ConditionCheck)?.Key;
      return { table, key: toItem(key ?? {}) };
    },

    /** One part of a transaction. */
    plan({ Put, Update, Delete, ConditionCheck }: TransactItem): PlannedWrite {
      if (Put !== undefined) return planPut(Put);
      if (Update !== undefined) return planUpdate(Update);
      if (Delete !== undefined) return planDelete(Delete);
      if (ConditionCheck !== undefined) return planCheck(ConditionCheck);
      throw invalid('TransactItems can only contain one of Check, Put, Update or Delete');
    },
  };
}

/** @throws ValidationException when one item is written twice */
export function requireDistinct(targets: readonly Target[], message: string): void {
  const keys = targets.map(({ table, key }) => JSON.stringify([table.model.tableName, key]));
  if (new Set(keys).size < keys.length) throw invalid(message);
}

function updatedAttributes(
  asked: string | undefined,
  before: Item | undefined,
  after: Item,
  changed: ReadonlySet<string>,
): object {
  switch (asked) {
    case undefined:
    case 'NONE':
      return {};
    case 'ALL_NEW':
      return copyOf(after);
    case 'UPDATED_NEW':
      return pick(after, changed);
    case 'ALL_OLD':
      return copyOf(before ?? {});
    case 'UPDATED_OLD':
      return pick(before ?? {}, changed);
    default:
      throw invalid(`ReturnValues set to invalid value: ${asked}`);
  }
}
