import { planFor } from '../../capacity/plan.ts';
import { LIMITS } from '../../capacity/platform.ts';

/** Dollars by list prices, if such a load ran all the time. */
export interface LoadCost {
  perMillionMessages: number;
  perMillionDeliveries: number;
}

export interface CostOptions {
  rooms: number;
  /** Of each room. */
  members: number;
  /** How long messages were sent. */
  seconds: number;
  stored: number;
  delivered: number;
  frames: number;
  frameCharacters: number;
}

/**
 * Frames, messages and their sizes as they were measured; what functions, tables and queues take for
 * them is the model of the planner (`npm run capacity`).
 */
export function costOf(options: CostOptions): LoadCost | undefined {
  const { rooms, members, seconds, stored, delivered, frames, frameCharacters } = options;
  if (stored === 0 || delivered === 0 || frames === 0 || seconds === 0) return undefined;
  const load = {
    rooms,
    members,
    messagesPerSecond: stored / rooms / seconds,
    messageBytes: Math.max(1, Math.round(frameCharacters / delivered)),
  };
  const { perMillionMessages } = planFor(load, {
    quota: LIMITS.requestsPerSecond,
    pacing: () => ({
      fanOutsPerSecond: frames / (rooms * members) / seconds,
      framesPerFanOut: 1,
      messagesPerFrame: delivered / frames,
      windowMs: 0,
    }),
  });
  return { perMillionMessages, perMillionDeliveries: (perMillionMessages * stored) / delivered };
}
