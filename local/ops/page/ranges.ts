const MINUTE = 60_000;

export interface Range {
  label: string;
  ms: number;
}

/** The last is as long as the stack remembers. */
export const RANGES = [
  { label: '15 min', ms: 15 * MINUTE },
  { label: '1 h', ms: 60 * MINUTE },
  { label: '3 h', ms: 180 * MINUTE },
] as const satisfies Range[];
