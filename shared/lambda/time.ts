import type { Clock } from '../domain/ports.ts';

export const systemClock: Clock = { now: () => Date.now() };

export const daysToMs = (days: string | number): number => Number(days) * 24 * 60 * 60 * 1000;
