/** What stays where it is, and why. */
const stuckBecause = (stuck: string) => ({
  stuck,
  resend: () => Promise.reject(new Error(`This letter cannot be moved back: ${stuck}`)),
});

/** It would come back at once. */
export const UNREADABLE = stuckBecause('it still cannot be read');

export const CUT = stuckBecause('it was cut when it was set aside, being too large for a letter');

/** The value, or in words why there is none. */
export function attempt<T>(action: () => T): { value: T } | { problem: string } {
  try {
    return { value: action() };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
