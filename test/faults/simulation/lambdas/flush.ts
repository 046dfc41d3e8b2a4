import type { Context, SQSEvent } from 'aws-lambda';
import { createFlush } from '../../../../services/messages/flush/flush.ts';
import { createFlushHandler } from '../../../../services/messages/flush/handler.ts';
import { createTellPart } from '../../../../services/messages/flush/tell-part.ts';
import { decodeRoomJob } from '../../../../shared/aws/room-job.ts';
import { sizeInFrames } from '../../../../shared/protocol/wire-entry.ts';
import type { Adapters } from '../adapters.ts';
import { composeLogReader } from './log-reader.ts';
import { composeRoomFanOut } from './room-fan-out.ts';

export const composeFlush = (adapters: Adapters) => {
  const { rooms, memberships, messages, deliveryQueue, flushDeadLetters, clock } = adapters;
  const { pacings, jobs, pause, newMessageId, pacingLimits: limits, log, metrics } = adapters;
  const handler = createFlushHandler({
    flush: createFlush({
      rooms,
      pacings,
      reader: composeLogReader({ messages, clock }),
      fanOut: composeRoomFanOut(adapters),
      sizeInFrames,
      queue: deliveryQueue,
      jobs,
      newJobId: () => newMessageId(clock.now()),
      clock,
      pause,
      limits,
    }),
    tellPart: createTellPart({ memberships, queue: deliveryQueue, limits }),
    readJob: decodeRoomJob,
    deadLetters: flushDeadLetters,
    log,
    metrics,
  });
  return (event: unknown, context: unknown) => handler(event as SQSEvent, context as Context);
};
