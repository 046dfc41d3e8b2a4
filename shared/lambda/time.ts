import type { Clock } from '../domain/ports.ts';

export const systemClock: Clock = { now: () => Date.now() };

export const daysToMs = (days: string | number): number => Number(days) * 24 * 60 * 60 * 1000;

/** Calls back after that many milliseconds. @returns how to call that off. */
export function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
