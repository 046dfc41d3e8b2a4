/**
 * In a simulation nothing may come from outside: whoever asks for the real time, for a real timer or
 * for real randomness fails at once, instead of making two runs of a seed differ some day.
 */
export function forbidRealTime(): void {
  const forbid = (name: string) => () => {
    throw new Error(`${name} is not simulated: take the clock, or the chance, as an argument.`);
  };
  Date.now = forbid('Date.now');
  Math.random = forbid('Math.random');
  crypto.getRandomValues = forbid('crypto.getRandomValues');
  crypto.randomUUID = forbid('crypto.randomUUID');
  const timers = globalThis as unknown as Record<string, unknown>;
  timers.setTimeout = forbid('setTimeout');
  timers.setInterval = forbid('setInterval');
}
