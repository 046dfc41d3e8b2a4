import { createFanOutHandler } from '../../../../services/messages/2-fan-out/handler.ts';
import { createPacedFanOut } from '../../../../services/messages/2-fan-out/paced-fan-out.ts';
import { fromImage } from '../../../../shared/aws/message-record.ts';
import type { Adapters } from '../adapters.ts';
import { composeRoomFanOut } from './room-fan-out.ts';

export const composeFanOut = (adapters: Adapters) => {
  const { rooms, deliveryQueue, fanOutDeadLetters, clock, log, metrics } = adapters;
  const { pacings, jobs, newMessageId, pacingLimits: limits } = adapters;
  return createFanOutHandler({
    rooms,
    fanOut: createPacedFanOut({
      fanOut: composeRoomFanOut(adapters),
      rooms,
      pacings,
      jobs,
      newJobId: () => newMessageId(clock.now()),
      clock,
      limits,
    }),
    queue: deliveryQueue,
    limits,
    readImage: fromImage,
    deadLetters: fanOutDeadLetters,
    log,
    metrics,
  });
};
