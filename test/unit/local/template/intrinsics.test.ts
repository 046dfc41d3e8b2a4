// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders are those of Fn::Sub.
import { describe, expect, it } from '@jest/globals';
import { resolveIntrinsics, type Scope } from '../../../../local/template/intrinsics.ts';

const scope: Scope = {
  ref: (name) => ({ 'AWS::Region': 'eu-west-1', Queue: 'https://queue', List: ['a', 'b'] })[name],
  attribute: (name, attribute) =>
    name === 'Queue' && attribute === 'Arn' ? 'arn:queue' : undefined,
  imported: (exportName) => (exportName === 'data:Rooms-eu-west-1' ? 'Rooms' : undefined),
};

const resolve = (value: unknown) => resolveIntrinsics(value, scope, 'Send.Environment');

describe('a value of a template', () => {
  it.each([
    ['text', 'text'],
    [5, 5],
    [null, null],
    [{ Ref: 'Queue' }, 'https://queue'],
    [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    [{ 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 1]] }, 'a-eu-west-1-1'],
    [{ 'Fn::Join': [',', { Ref: 'List' }] }, 'a,b'],
    [{ 'Fn::Split': ['-', { Ref: 'AWS::Region' }] }, ['eu', 'west', '1']],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['-', 'a-b'] }] }, 'b'],
    [{ 'Fn::Sub': 'x-${AWS::Region}-${Queue.Arn}' }, 'x-eu-west-1-arn:queue'],
    [{ 'Fn::Sub': ['${Own}-${!Kept}', { Own: { Ref: 'AWS::Region' } }] }, 'eu-west-1-${Kept}'],
    [{ 'Fn::ImportValue': { 'Fn::Sub': 'data:Rooms-${AWS::Region}' } }, 'Rooms'],
    [
      { a: [{ Ref: 'Queue' }], Ref: 'kept beside others' },
      { a: ['https://queue'], Ref: 'kept beside others' },
    ],
    [{ kept: 1, dropped: { Ref: 'AWS::NoValue' } }, { kept: 1 }],
    [[1, { Ref: 'AWS::NoValue' }], [1]],
  ])('%j becomes %j', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it.each([
    [
      { A: { 'Fn::FindInMap': ['x'] } },
      'Send.Environment.A uses Fn::FindInMap, which the local runtime does not know',
    ],
    [{ A: [{ Ref: 'Nobody' }] }, 'Send.Environment.A[0]: Ref asks for Nobody, which is not known'],
    [{ 'Fn::GetAtt': ['Queue', 'Colour'] }, 'Send.Environment: Fn::GetAtt asks for Queue.Colour'],
    [{ 'Fn::ImportValue': 'data:Gone' }, 'Fn::ImportValue asks for data:Gone'],
    [{ 'Fn::Select': [7, ['a']] }, 'Fn::Select asks for item 7'],
    [{ 'Fn::Join': ['', 'text'] }, 'Fn::Join needs a list where it has "text"'],
    [{ 'Fn::Sub': '${List}' }, 'Fn::Sub needs text where it has ["a","b"]'],
  ])('%j is refused with its place', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });
});
