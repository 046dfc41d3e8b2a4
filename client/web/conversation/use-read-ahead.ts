import { useCallback, useState } from 'react';

const FIRST = 50;
/** Ten of the protocol's pages. */
const STEP_MAX = 1_000;

export interface ReadAhead {
  /** How many earlier messages are wanted. */
  count: number;
  more(): void;
}

/** Twice as many at each step, so that whoever goes far back does not wait at every page. */
export function useReadAhead(): ReadAhead {
  const [count, setCount] = useState(FIRST);
  const more = useCallback(() => setCount((now) => now + Math.min(now, STEP_MAX)), []);
  return { count, more };
}
