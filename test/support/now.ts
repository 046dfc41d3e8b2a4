/** Milliseconds since the epoch, never going back within a thread, and comparable between threads. */
export const now = (): number => Math.round(performance.timeOrigin + performance.now());
