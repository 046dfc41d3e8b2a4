import { planFor } from '../../capacity/plan.ts';
import { LIMITS } from '../../capacity/platform.ts';
import { countNumbers } from '../measure/number-ranges.ts';
import { mergeIntervals, type Observations } from '../measure/observations.ts';

/** Dollars by list prices, if such a load ran all the time. */
export interface LoadCost {
  perMillionMessages: number;
  perMillionDeliveries: number;
}

/** What a crowd saw whose rooms were of one size. */
export interface CostPart {
  observations: Observations;
  rooms: number;
  /** How long messages were sent. */
  seconds: number;
}

/**
 * Frames, messages and their sizes as they were measured; what functions, tables and queues take for
 * them is the model of the planner (`npm run capacity`), which knows rooms of one size: crowds that
 * talked at the same time are priced one by one.
 */
export function costOf(parts: readonly CostPart[]): LoadCost | undefined {
  const priced = parts.map(priceOf);
  const total = { dollars: 0, stored: 0, delivered: 0 };
  for (const price of priced) {
    if (price === undefined) return undefined;
    total.dollars += (price.perMillionMessages * price.stored) / 1e6;
    total.stored += price.stored;
    total.delivered += price.delivered;
  }
  return {
    perMillionMessages: (total.dollars / total.stored) * 1e6,
    perMillionDeliveries: (total.dollars / total.delivered) * 1e6,
  };
}

function priceOf({ observations, rooms, seconds }: CostPart) {
  const { talks, frames, frameCharacters } = observations;
  const { stored } = mergeIntervals(talks.flatMap(({ intervals }) => intervals));
  const delivered = countDelivered(observations);
  if (stored === 0 || delivered === 0 || frames === 0 || seconds === 0) return undefined;
  const live = observations.members.filter(({ since }) => since !== undefined).length;
  const load = {
    rooms,
    members: live / rooms,
    messagesPerSecond: stored / rooms / seconds,
    messageBytes: Math.max(1, Math.round(frameCharacters / delivered)),
  };
  const { perMillionMessages } = planFor(load, {
    quota: LIMITS.requestsPerSecond,
    pacing: () => ({
      fanOutsPerSecond: frames / live / seconds,
      framesPerFanOut: 1,
      messagesPerFrame: delivered / frames,
      windowMs: 0,
    }),
  });
  return { perMillionMessages, stored, delivered };
}

/** Messages that applications were shown after they had become live. */
export const countDelivered = ({ members }: Observations): number =>
  members.reduce((sum, { shown, since = 0 }) => sum + countNumbers(shown, since), 0);
