import { describe, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesizeStacks } from './synthesized-stacks.ts';

const { chat } = synthesizeStacks({ openAccess: true });
const mapping = { FunctionName: { Ref: Match.stringLikeRegexp('^RoomsAnnounce') } };

describe('the membership stream', () => {
  it("hands announce the room's side of who came and who went, and no repeated join", () => {
    chat.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ...mapping,
      FilterCriteria: {
        Filters: [
          {
            Pattern: Match.serializedJson({
              eventName: ['INSERT', 'REMOVE'],
              dynamodb: { Keys: { partition: { S: [{ prefix: 'room#' }] } } },
            }),
          },
        ],
      },
    });
  });

  it('gathers what happens within a second, so that a room is told once', () => {
    chat.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ...mapping,
      MaximumBatchingWindowInSeconds: 1,
      BatchSize: 1_000,
      ParallelizationFactor: 1,
    });
  });

  it('is never held up: what cannot be announced within a minute is dropped', () => {
    chat.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ...mapping,
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: 2,
      MaximumRecordAgeInSeconds: 60,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: Match.absent(),
    });
  });
});
