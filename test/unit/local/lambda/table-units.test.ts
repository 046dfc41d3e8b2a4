import { describe, expect, it } from '@jest/globals';
import { unitsOf } from '../../../../local/lambda/table-units.ts';

const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });
const units = (operation: string, input: object, answerBytes = 0) =>
  unitsOf(operation, JSON.stringify(input), answerBytes);

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
describe('the units of a call', () => {
  it.each([
    { operation: 'GetItem', input: {}, answerBytes: 0, reads: 0.5 },
    { operation: 'GetItem', input: { ConsistentRead: true }, answerBytes: 4_096, reads: 1 },
    { operation: 'Query', input: { ConsistentRead: true }, answerBytes: 40_000, reads: 10 },
    { operation: 'Query', input: {}, answerBytes: 40_000, reads: 5 },
  ])(
    '$operation of $answerBytes bytes reads $reads',
    ({ operation, input, answerBytes, reads }) => {
      const found = units(operation, { TableName: 'Rooms', ...input }, answerBytes);
      expect(found).toEqual([{ tableName: 'Rooms', reads, writes: 0, items: 1 }]);
    },
  );

  it.each([
    { operation: 'PutItem', input: { Item: { a: text(10) } }, writes: 1 },
    { operation: 'PutItem', input: { Item: { a: text(2_000) } }, writes: 2 },
    {
      operation: 'UpdateItem',
      input: { ExpressionAttributeValues: { ':a': text(1_500) } },
      writes: 2,
    },
    { operation: 'DeleteItem', input: { Key: { a: text(10) } }, writes: 1 },
  ])('$operation writes $writes', ({ operation, input, writes }) => {
    const found = units(operation, { TableName: 'Rooms', ...input });
    expect(found).toEqual([{ tableName: 'Rooms', reads: 0, writes, items: 1 }]);
  });

  it('a transaction writes everything twice', () => {
    const TransactItems = [
      { Put: { TableName: 'Messages', Item: { a: text(1_500) } } },
      { ConditionCheck: { TableName: 'Rooms' } },
    ];
    expect(units('TransactWriteItems', { TransactItems })).toEqual([
      { tableName: 'Messages', reads: 0, writes: 4, items: 1 },
      { tableName: 'Rooms', reads: 0, writes: 2, items: 1 },
    ]);
  });

  it('a batch counts every row by itself', () => {
    const reads = { Rooms: { Keys: [{}, {}, {}], ConsistentRead: true } };
    expect(units('BatchGetItem', { RequestItems: reads }, 900)).toEqual([
      { tableName: 'Rooms', reads: 3, writes: 0, items: 3 },
    ]);
    const writes = { Rooms: [{ DeleteRequest: {} }, { PutRequest: { Item: { a: text(3_000) } } }] };
    expect(units('BatchWriteItem', { RequestItems: writes })).toEqual([
      { tableName: 'Rooms', reads: 0, writes: 4, items: 2 },
    ]);
  });

  it('what reads and writes no rows takes none', () => {
    expect(units('DescribeTable', { TableName: 'Rooms' })).toEqual([]);
  });
});
