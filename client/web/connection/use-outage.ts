import { useEffect, useState } from 'react';
import { useConnection } from '../../react/index.ts';

export interface Outage {
  /** The page has been connected before. */
  wasConnected: boolean;
  /** When the next attempt is due, in milliseconds since the epoch; absent while one is under way. */
  retryAt?: number;
}

/** Shorter ones are nobody's concern: most reconnects take a fraction of a second. */
const SHOWN_AFTER_MS = 2_000;

/** What there is to say about the connection, or nothing. */
export function useOutage(): Outage | undefined {
  const { state, retryInMs } = useConnection();
  const isUp = state === 'open';
  const [wasConnected, setWasConnected] = useState(false);
  const [isShown, setShown] = useState(false);
  const [retryAt, setRetryAt] = useState<number>();

  useEffect(() => {
    if (isUp) setWasConnected(true);
    setShown(false);
    if (isUp) return undefined;
    const timer = setTimeout(() => setShown(true), SHOWN_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isUp]);
  useEffect(() => {
    setRetryAt(state === 'waiting' && retryInMs !== undefined ? Date.now() + retryInMs : undefined);
  }, [state, retryInMs]);

  if (isUp || !isShown) return undefined;
  return retryAt === undefined ? { wasConnected } : { wasConnected, retryAt };
}
