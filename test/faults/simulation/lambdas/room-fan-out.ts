import { createFanOut } from '../../../../services/messages/2-fan-out/fan-out.ts';
import { packFrames } from '../../../../shared/protocol/wire-entry.ts';
import type { Adapters } from '../adapters.ts';
import { PART_LIMITS } from '../deployment.ts';

export const composeRoomFanOut = (
  adapters: Pick<Adapters, 'memberships' | 'jobs' | 'pacingLimits' | 'clock'>,
) => {
  const { memberships, jobs, pacingLimits: limits, clock } = adapters;
  return createFanOut({
    memberships,
    packFrames,
    jobs,
    partLimits: PART_LIMITS,
    limits,
    clock,
  });
};
