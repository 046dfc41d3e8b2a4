/** The life of an event source mapping, whatever its source. */
export interface EventSourceMapping<Stats> {
  start(): void;
  /** Starts nothing new, and resolves when running invocations have ended, or after ten seconds. */
  stop(): Promise<void>;
  /**
   * For tests: resolves when all that was in the source at the time of the call has been dealt
   * with. Never before `start`; at once after `stop`.
   */
  idle(): Promise<void>;
  stats(): Stats;
}
