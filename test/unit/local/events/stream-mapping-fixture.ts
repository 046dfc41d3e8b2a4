import { createMemoryCheckpointStore } from '../../../../local/events/checkpoint-store.ts';
import type { GivenUpBatch } from '../../../../local/events/failure-record.ts';
import { createStreamMapping } from '../../../../local/events/stream-mapping.ts';
import type { StreamRecord } from '../../../../local/events/stream-record.ts';
import type { InvokeResult } from '../../../../local/lambda/invocation.ts';
import type { StreamMappingModel } from '../../../../local/template/model.ts';
import type { FakeClock } from './fake-clock.ts';
import {
  createMemoryStream,
  done,
  sequences,
  streamMapping,
  streamRecord,
} from './stream-fixtures.ts';

export type Respond = (records: StreamRecord[]) => InvokeResult | Promise<InvokeResult>;

/** A stream mapping over a stream in memory, whose function answers as the test says. */
export function setUpStreamMapping(
  clock: FakeClock,
  overrides: Partial<StreamMappingModel> = {},
  respond: Respond = () => done,
  {
    stream = createMemoryStream(),
    checkpoints = createMemoryCheckpointStore(),
    failOnFailure = 0,
  } = {},
) {
  const invoked: string[] = [];
  const told: GivenUpBatch[] = [];
  const problems: string[] = [];
  let failuresLeft = failOnFailure;
  const mapping = createStreamMapping({
    mapping: streamMapping(overrides),
    source: stream.source,
    checkpoints,
    clock,
    functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:fan-out',
    createId: () => 'request-1',
    async invoke(_, payload) {
      const { Records } = payload as { Records: StreamRecord[] };
      invoked.push(sequences(Records));
      return respond(Records);
    },
    async onFailure(_, batch) {
      if (failuresLeft > 0) {
        failuresLeft -= 1;
        throw new Error('bucket is down');
      }
      told.push(batch);
    },
    onProblem: (problem) => problems.push(problem),
  });
  return { mapping, stream, checkpoints, invoked, told, problems };
}

/** The records `from` to `to`, of one room. */
export const range = (from: number, to: number, roomId?: string) =>
  Array.from({ length: to - from + 1 }, (_, i) =>
    streamRecord(from + i, roomId === undefined ? {} : { roomId }),
  );
