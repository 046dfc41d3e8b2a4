import { describe, expect, it } from '@jest/globals';
import { evaluatePolicy } from '../../../../local/gateway/policy.ts';

const ARN = 'arn:aws:execute-api:eu-central-1:123456789012:ws123/live/$connect';
const allow = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };

describe('authorizer policy', () => {
  it.each([
    { description: 'a statement for everything', statements: [allow], verdict: 'allow' },
    { description: 'the exact ARN', statements: [{ ...allow, Resource: ARN }], verdict: 'allow' },
    {
      description: 'a wildcard inside the ARN',
      statements: [{ ...allow, Resource: [`${ARN}x`, 'arn:aws:execute-api:*:*:ws123/live/*'] }],
      verdict: 'allow',
    },
    {
      description: 'any action of the service',
      statements: [{ ...allow, Action: ['execute-api:*'] }],
      verdict: 'allow',
    },
    {
      description: 'an action in another case',
      statements: [{ ...allow, Action: 'Execute-API:invoke' }],
      verdict: 'allow',
    },
    {
      description: 'a Deny before an Allow',
      statements: [{ ...allow, Effect: 'Deny' }, allow],
      verdict: 'deny',
    },
    {
      description: 'a Deny after an Allow',
      statements: [allow, { ...allow, Effect: 'Deny' }],
      verdict: 'deny',
    },
    {
      description: 'another resource',
      statements: [{ ...allow, Resource: ARN.replace('live', 'test') }],
      verdict: 'deny',
    },
    {
      description: 'a dot that is no wildcard',
      statements: [{ ...allow, Resource: ARN.replace('ws123', 'ws.23') }],
      verdict: 'deny',
    },
    {
      description: 'another action',
      statements: [{ ...allow, Action: 'execute-api:ManageConnections' }],
      verdict: 'deny',
    },
    { description: 'no statement', statements: [], verdict: 'malformed' },
    {
      description: 'an unknown effect',
      statements: [{ ...allow, Effect: 'allow' }],
      verdict: 'malformed',
    },
    {
      description: 'a condition, which is not evaluated',
      statements: [{ ...allow, Condition: {} }],
      verdict: 'malformed',
    },
  ])('answers $verdict to $description', ({ statements, verdict }) => {
    expect(evaluatePolicy({ Version: '2012-10-17', Statement: statements }, ARN)).toBe(verdict);
  });

  it('takes a single statement that is not in an array', () => {
    expect(evaluatePolicy({ Statement: allow }, ARN)).toBe('allow');
  });

  it.each([undefined, null, 'Allow', []])('calls %p malformed', (document) => {
    expect(evaluatePolicy(document, ARN)).toBe('malformed');
  });
});
