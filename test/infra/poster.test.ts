import { describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesizeStacks } from './synthesized-stacks.ts';

describe('what posts to connections', () => {
  it.each([
    ['our own client, unless the context says otherwise', {}, 'lean'],
    ['the client of the SDK, when it does', { poster: 'sdk' }, 'sdk'],
  ])('is %s', (_title, context, poster) => {
    const { chat } = synthesizeStacks({ openAccess: true, ...context });
    const functions = chat.findResources('AWS::Lambda::Function', {
      Properties: { Environment: { Variables: Match.objectLike({ POSTER: poster }) } },
    });
    expect(Object.keys(functions)).toEqual([expect.stringMatching(/^MessagesDeliver/)]);
  });
});
