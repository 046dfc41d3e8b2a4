import { describe, expect, it } from '@jest/globals';
import { compileRouteSelection } from '../../../../local/gateway/route-selection.ts';

/** Writes `${…}` without looking like a forgotten template literal. */
const variable = (path: string) => `\${request.body.${path}}`;

describe('route selection', () => {
  it.each([
    { expression: '$request.body.action', body: { action: 'send' }, value: 'send' },
    { expression: '$request.body.a.b', body: { a: { b: 'deep' } }, value: 'deep' },
    { expression: "$request.body['odd key']", body: { 'odd key': 'x' }, value: 'x' },
    { expression: '$request.body.list[1].name', body: { list: [0, { name: 'n' }] }, value: 'n' },
    { expression: variable('action'), body: { action: 'send' }, value: 'send' },
    {
      expression: `${variable('a')}/${variable('b')}`,
      body: { a: 'rooms', b: 'join' },
      value: 'rooms/join',
    },
    { expression: `v1.${variable('a')}`, body: { a: 'x' }, value: 'v1.x' },
    { expression: '\\$default', body: { action: 'send' }, value: '$default' },
    { expression: 'fixed', body: {}, value: 'fixed' },
    { expression: '$request.body.action', body: { action: 7 }, value: '7' },
    { expression: '$request.body.action', body: { action: true }, value: 'true' },
    { expression: '$request.body.action', body: { action: { x: 1 } }, value: '{"x":1}' },
    { expression: '$request.body.action', body: {}, value: '' },
    { expression: '$request.body.action', body: 'text', value: '' },
    { expression: '$request.body.action', body: null, value: '' },
    { expression: '$request.body.constructor', body: {}, value: '' },
    { expression: '$request.body.a.length', body: { a: 'text' }, value: '' },
    { expression: `${variable('a')}/${variable('b')}`, body: { b: 'join' }, value: '/join' },
  ])('evaluates $expression on $body to "$value"', ({ expression, body, value }) => {
    expect(compileRouteSelection(expression)(JSON.stringify(body))).toBe(value);
  });

  it.each(['', 'hello', '{"action":', '{action: "send"}'])('has no value for "%s"', (body) => {
    expect(compileRouteSelection('$request.body.action')(body)).toBeUndefined();
  });

  it.each(['$context.routeKey', '$request.header.x', '$request.bodyguard', '$request.body..a'])(
    'refuses %s and says what would do',
    (expression) => {
      expect(() => compileRouteSelection(expression)).toThrow(/use paths below request\.body/);
    },
  );
});
