import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesizeStacks } from './synthesized-stacks.ts';

describe('the times that messages pass by', () => {
  it.each([
    ['nobody, unless the context says so', {}, 'off'],
    ['clients, when it does', { travelTimes: true }, 'on'],
  ])('are told to %s', (_title, context, value) => {
    const { chat } = synthesizeStacks({ openAccess: true, ...context });
    const functions = chat.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: Match.objectLike({ TRAVEL_TIMES: value }) } },
    });
    expect(Object.keys(functions)).toEqual([
      expect.stringMatching(/^MessagesFlush/),
      expect.stringMatching(/^MessagesFanOut/),
      expect.stringMatching(/^MessagesDeliver/),
    ]);
  });
});
