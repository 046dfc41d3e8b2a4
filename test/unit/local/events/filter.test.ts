import { describe, expect, it } from '@jest/globals';
import { createFilter } from '../../../../local/events/filter.ts';

const event = {
  eventName: 'INSERT',
  dynamodb: {
    NewImage: { kind: { S: 'text' }, note: { NULL: true }, empty: { S: '' } },
    SizeBytes: 137,
    nothing: null,
  },
  tags: ['red', 'green'],
  members: [
    { name: 'ann', role: 'owner' },
    { name: 'bob', role: 'guest' },
  ],
};

describe('a filter', () => {
  it.each<[string, unknown, boolean]>([
    ['an equal text', { eventName: ['INSERT'] }, true],
    ['another text', { eventName: ['REMOVE'] }, false],
    ['one of several', { eventName: ['REMOVE', 'INSERT'] }, true],
    ['a nested attribute', { dynamodb: { NewImage: { kind: { S: ['text'] } } } }, true],
    ['fields that must all match', { eventName: ['INSERT'], tags: ['blue'] }, false],
    ['an equal number', { dynamodb: { SizeBytes: [137] } }, true],
    ['a number given as text', { dynamodb: { SizeBytes: ['137'] } }, false],
    ['null', { dynamodb: { nothing: [null] } }, true],
    ['null where there is nothing', { dynamodb: { absent: [null] } }, false],
    ['the empty text', { dynamodb: { NewImage: { empty: { S: [''] } } } }, true],
    ['a boolean', { dynamodb: { NewImage: { note: { NULL: [true] } } } }, true],
    ['a prefix', { eventName: [{ prefix: 'INS' }] }, true],
    ['another prefix', { eventName: [{ prefix: 'REM' }] }, false],
    ['a suffix', { eventName: [{ suffix: 'ERT' }] }, true],
    ['another case', { eventName: [{ 'equals-ignore-case': 'insert' }] }, true],
    ['anything but another', { eventName: [{ 'anything-but': 'REMOVE' }] }, true],
    ['anything but itself', { eventName: [{ 'anything-but': ['INSERT', 'REMOVE'] }] }, false],
    ['anything but a prefix', { eventName: [{ 'anything-but': { prefix: 'INS' } }] }, false],
    ['anything but prefixes', { eventName: [{ 'anything-but': { prefix: ['A', 'B'] } }] }, true],
    ['anything but a suffix', { eventName: [{ 'anything-but': { suffix: 'VE' } }] }, true],
    ['anything but, where there is nothing', { absent: [{ 'anything-but': 'a' }] }, false],
    ['a field that exists', { eventName: [{ exists: true }] }, true],
    ['a field that does not exist', { absent: [{ exists: true }] }, false],
    ['absence', { absent: [{ exists: false }] }, true],
    ['absence below absence', { absent: { deeper: [{ exists: false }] } }, true],
    ['absence of what is there', { eventName: [{ exists: false }] }, false],
    ['absence as one alternative', { eventName: [{ exists: false }, 'INSERT'] }, true],
    ['an object, which is no leaf', { dynamodb: [{ exists: true }] }, false],
    ['numeric equality', { dynamodb: { SizeBytes: [{ numeric: ['=', 137] }] } }, true],
    ['numeric less', { dynamodb: { SizeBytes: [{ numeric: ['<', 137] }] } }, false],
    ['numeric at most', { dynamodb: { SizeBytes: [{ numeric: ['<=', 137] }] } }, true],
    ['numeric more', { dynamodb: { SizeBytes: [{ numeric: ['>', 137] }] } }, false],
    ['numeric at least', { dynamodb: { SizeBytes: [{ numeric: ['>=', 137] }] } }, true],
    ['a range', { dynamodb: { SizeBytes: [{ numeric: ['>', 100, '<=', 137] }] } }, true],
    ['another range', { dynamodb: { SizeBytes: [{ numeric: ['>', 100, '<', 137] }] } }, false],
    ['numeric on a text', { eventName: [{ numeric: ['>', 0] }] }, false],
    ['one element of an array', { tags: ['green'] }, true],
    ['no element of an array', { tags: [{ prefix: 'blue' }] }, false],
    ['one object of an array', { members: { name: ['bob'], role: ['guest'] } }, true],
    ['two objects of an array', { members: { name: ['bob'], role: ['owner'] } }, false],
    ['$or with a match', { $or: [{ eventName: ['REMOVE'] }, { tags: ['red'] }] }, true],
    ['$or without a match', { $or: [{ eventName: ['REMOVE'] }, { tags: ['blue'] }] }, false],
    ['$or beside a field', { eventName: ['REMOVE'], $or: [{ tags: ['red'] }, {}] }, false],
    ['a pattern as JSON text', '{"eventName":["INSERT"]}', true],
  ])('with %s decides as EventBridge would', (_, pattern, expected) => {
    expect(createFilter([pattern])(event)).toBe(expected);
  });

  it('lets everything through without a pattern', () => {
    expect(createFilter([])(event)).toBe(true);
  });

  it('needs one of several patterns to match', () => {
    expect(createFilter([{ eventName: ['REMOVE'] }, { tags: ['red'] }])(event)).toBe(true);
  });

  it.each<[unknown, string]>([
    [
      { dynamodb: { kind: [{ wildcard: '*' }] } },
      'Unknown filter operator "wildcard" at dynamodb.kind',
    ],
    [{ a: 'b' }, 'at a must be an object or an array'],
    [{ a: [] }, 'at a must be an object or an array'],
    [{ a: [['b']] }, 'at a nests an array'],
    [{ a: [{ prefix: 1 }] }, '"prefix" at a must have a string'],
    [{ a: [{ prefix: 'b', suffix: 'c' }] }, 'one operator'],
    [{ a: [{ exists: 'yes' }] }, '"exists" at a'],
    [{ a: [{ numeric: ['>'] }] }, '"numeric" at a'],
    [{ a: [{ numeric: ['!=', 5] }] }, '"numeric" at a'],
    [{ a: [{ 'anything-but': [] }] }, '"anything-but" at a'],
    [{ $or: [{ a: [1] }] }, '$or must be an array of two'],
    ['[]', 'must be an object'],
  ])('refuses %j at start and names the place', (pattern, message) => {
    expect(() => createFilter([pattern])).toThrow(message);
  });
});
