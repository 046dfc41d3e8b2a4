import type { DeliveryJob } from '../../shared/domain/ports.ts';
import { packFrames } from '../../shared/protocol/wire-entry.ts';
import { NOON } from './fake-clock.ts';
import { aMessage } from './log-entries.ts';

export function aDeliveryJob(overrides: Partial<DeliveryJob> = {}): DeliveryJob {
  return {
    roomId: 'lobby',
    frames: packFrames('lobby', [aMessage()], 1),
    connectionIds: ['connection-1='],
    hops: 0,
    oldestReceivedAt: NOON,
    fannedOutAt: NOON + 20,
    ...overrides,
  };
}
