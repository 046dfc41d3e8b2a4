import { createFanOut } from '../../../../services/messages/2-fan-out/fan-out.ts';
import { createFanOutHandler } from '../../../../services/messages/2-fan-out/handler.ts';
import { fromImage } from '../../../../shared/aws/message-record.ts';
import { packFrames } from '../../../../shared/protocol/wire-entry.ts';
import type { Adapters } from '../adapters.ts';

export const composeFanOut = (adapters: Adapters) => {
  const { rooms, memberships, deliveryQueue, fanOutDeadLetters, clock, log, metrics } = adapters;
  return createFanOutHandler({
    rooms,
    fanOut: createFanOut({ memberships, packFrames, clock }),
    queue: deliveryQueue,
    readImage: fromImage,
    deadLetters: fanOutDeadLetters,
    log,
    metrics,
  });
};
