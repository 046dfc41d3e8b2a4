import { createFanOut } from '../../../../services/messages/2-fan-out/fan-out.ts';
import { createFanOutHandler } from '../../../../services/messages/2-fan-out/handler.ts';
import { createPacedFanOut } from '../../../../services/messages/2-fan-out/paced-fan-out.ts';
import { fromImage } from '../../../../shared/aws/message-record.ts';
import { packFrames } from '../../../../shared/protocol/wire-entry.ts';
import type { Adapters } from '../adapters.ts';
import { PART_LIMITS } from '../deployment.ts';

export const composeFanOut = (adapters: Adapters) => {
  const { rooms, memberships, deliveryQueue, fanOutDeadLetters, clock, log, metrics } = adapters;
  const { pacings, jobs, newMessageId, pacingLimits: limits } = adapters;
  return createFanOutHandler({
    rooms,
    fanOut: createPacedFanOut({
      fanOut: createFanOut({
        memberships,
        packFrames,
        jobs,
        partLimits: PART_LIMITS,
        limits,
        clock,
      }),
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
