import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as fc from 'fast-check';
import {
  condition,
  item,
  keyCondition,
  NAMES,
  placeholdersOf,
  SURE_UPDATES,
  UPDATES,
  used,
  VALUES,
} from './random-expressions.ts';

/** Builds a command for a table of messages (`roomId`, `seq`) in the rooms of one run. */
export type CommandMaker = (
  table: string,
  run: string,
) =>
  | GetCommand
  | PutCommand
  | UpdateCommand
  | DeleteCommand
  | QueryCommand
  | BatchGetCommand
  | BatchWriteCommand
  | TransactWriteCommand;

const room = fc.constantFrom('red', 'blue');
const seq = fc.integer({ min: 1, max: 3 });
const key = fc.record({ room, seq });
type Key = { room: string; seq: number };
const keyIn = (run: string, { room, seq }: Key) => ({ roomId: `${run}-${room}`, seq });

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const onFailure = maybe(fc.constant('ALL_OLD' as const));

const put = fc
  .record({
    key,
    item,
    condition: maybe(condition),
    returns: maybe(fc.constantFrom('ALL_OLD' as const, 'NONE' as const)),
    onFailure,
  })
  .map((spec) => (TableName: string, run: string) => ({
    TableName,
    Item: { ...keyIn(run, spec.key), ...spec.item },
    ConditionExpression: spec.condition,
    ReturnValues: spec.returns,
    ReturnValuesOnConditionCheckFailure: spec.onFailure,
    ...placeholdersOf(spec.condition),
  }));

/** Not `ALL_OLD`: of an item that was not there the engine returns the key, where AWS has nothing. */
const changeReturns = fc.constantFrom(...(['ALL_NEW', 'UPDATED_NEW', 'NONE'] as const));

const changeBy = (updates: readonly string[]) =>
  fc
    .record({
      key,
      update: fc.constantFrom(...updates),
      condition: maybe(condition),
      returns: maybe(changeReturns),
      onFailure,
    })
    .map((spec) => (TableName: string, run: string) => ({
      TableName,
      Key: keyIn(run, spec.key),
      UpdateExpression: spec.update,
      ConditionExpression: spec.condition,
      ReturnValues: spec.returns,
      ReturnValuesOnConditionCheckFailure: spec.onFailure,
      ...placeholdersOf(spec.update, spec.condition),
    }));

const removal = fc
  .record({ key, condition: maybe(condition), returns: maybe(fc.constant('ALL_OLD' as const)) })
  .map((spec) => (TableName: string, run: string) => ({
    TableName,
    Key: keyIn(run, spec.key),
    ConditionExpression: spec.condition,
    ReturnValues: spec.returns,
    ...placeholdersOf(spec.condition),
  }));

const get = fc
  .record({ key, projection: maybe(fc.constantFrom('a', '#a, n', 'seq, b, roomId')) })
  .map(
    (spec): CommandMaker =>
      (TableName, run) =>
        new GetCommand({
          TableName,
          Key: keyIn(run, spec.key),
          ConsistentRead: true,
          ProjectionExpression: spec.projection,
          ExpressionAttributeNames: used(NAMES, [spec.projection]),
        }),
  );

const query = fc
  .record({
    room,
    keyCondition,
    filter: maybe(condition.filter((text) => !/roomId|seq/.test(text))),
    limit: maybe(fc.integer({ min: 1, max: 4 })),
    forward: maybe(fc.boolean()),
    projection: maybe(fc.constantFrom('a, #n', 'b, seq')),
    isCount: fc.boolean(),
  })
  .map(
    (spec): CommandMaker =>
      (TableName, run) => {
        const expressions = [spec.keyCondition, spec.filter, spec.projection];
        const own = { ':room': `${run}-${spec.room}`, ':one': 1, ':two': 2 };
        return new QueryCommand({
          ...(spec.isCount && spec.projection === undefined && { Select: 'COUNT' }),
          TableName,
          KeyConditionExpression: spec.keyCondition,
          FilterExpression: spec.filter,
          ProjectionExpression: spec.projection,
          ExpressionAttributeNames: used(NAMES, expressions),
          ExpressionAttributeValues: used<unknown>({ ...VALUES, ...own }, expressions),
          ConsistentRead: true,
          Limit: spec.limit,
          ScanIndexForward: spec.forward,
        });
      },
  );

const batchGet = fc.array(key, { maxLength: 4 }).map(
  (keys): CommandMaker =>
    (table, run) =>
      new BatchGetCommand({
        RequestItems: {
          [table]: { Keys: keys.map((one) => keyIn(run, one)), ConsistentRead: true },
        },
      }),
);

const batchWrite = fc.array(fc.record({ key, item: maybe(item) }), { maxLength: 4 }).map(
  (writes): CommandMaker =>
    (table, run) =>
      new BatchWriteCommand({
        RequestItems: {
          [table]: writes.map((write) =>
            write.item === undefined
              ? { DeleteRequest: { Key: keyIn(run, write.key) } }
              : { PutRequest: { Item: { ...keyIn(run, write.key), ...write.item } } },
          ),
        },
      }),
);

const transaction = fc
  .record({
    token: maybe(fc.constantFrom('t1', 't2')),
    items: fc.array(
      fc.oneof(
        put.map((make) => (table: string, run: string) => {
          const { ReturnValues: _, ...Put } = make(table, run);
          return { Put };
        }),
        changeBy(SURE_UPDATES).map((make) => (table: string, run: string) => {
          const { ReturnValues: _, ...Update } = make(table, run);
          return { Update };
        }),
        removal.map((make) => (table: string, run: string) => {
          const { ReturnValues: _, ...Delete } = make(table, run);
          return { Delete };
        }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(
    ({ token, items }): CommandMaker =>
      (table, run) =>
        new TransactWriteCommand({
          ClientRequestToken: token === undefined ? undefined : `${run}-${token}`,
          TransactItems: items.map((make) => make(table, run)),
        }),
  );

export const commands: fc.Arbitrary<CommandMaker[]> = fc.array(
  fc.oneof(
    put.map(
      (make): CommandMaker =>
        (...of) =>
          new PutCommand(make(...of)),
    ),
    changeBy(UPDATES).map(
      (make): CommandMaker =>
        (...of) =>
          new UpdateCommand(make(...of)),
    ),
    removal.map(
      (make): CommandMaker =>
        (...of) =>
          new DeleteCommand(make(...of)),
    ),
    get,
    query,
    batchGet,
    batchWrite,
    transaction,
  ),
  { minLength: 1, maxLength: 25, size: 'max' },
);

const putA =
  (a: unknown, ConditionExpression?: string): CommandMaker =>
  (TableName, run) =>
    new PutCommand({
      TableName,
      Item: { ...keyIn(run, { room: 'red', seq: 1 }), a },
      ConditionExpression,
      ...placeholdersOf(ConditionExpression),
    });

/** What chance brings too seldom. */
export const examples: [CommandMaker[]][] = [
  // A write that changes nothing is no change of the stream.
  [[putA('text'), putA('text'), putA(new Set(['b', 'a'])), putA(new Set(['a', 'b']))]],
  // Text is ordered by its UTF-8, where what takes two units of UTF-16 comes last.
  [[putA('😀'), putA('text', 'a > :private'), putA('\uE000'), putA('text', 'a < :face')]],
];
