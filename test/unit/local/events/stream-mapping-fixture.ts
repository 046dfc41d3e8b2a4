import { createMemoryCheckpointStore } from '../../../../local/events/checkpoint-store.ts';
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
    failSends = 0,
  } = {},
) {
  const invoked: string[] = [];
  const sent: { queueId: string; body: unknown }[] = [];
  const problems: string[] = [];
  let sendsToFail = failSends;
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
    async sendToQueue(queueId, body) {
      if (sendsToFail > 0) {
        sendsToFail -= 1;
        throw new Error('queue is down');
      }
      sent.push({ queueId, body: JSON.parse(body) });
    },
    onProblem: (problem) => problems.push(problem),
  });
  return { mapping, stream, checkpoints, invoked, sent, problems };
}

/** The records `from` to `to`, of one room. */
export const range = (from: number, to: number, roomId?: string) =>
  Array.from({ length: to - from + 1 }, (_, i) =>
    streamRecord(from + i, roomId === undefined ? {} : { roomId }),
  );
