import { useEffect, useState } from 'react';
import { useText } from '../language/language.ts';
import { createState } from '../store/state.ts';
import { useStateOf } from '../store/use-state-of.ts';
import { useUser } from '../store/user-state.ts';
import classes from './connection-notice.module.css';
import { type Outage, useOutage } from './use-outage.ts';

/** Says so when there is no connection: what is wrong, what happens next, and what one may do. */
export function ConnectionNotice() {
  const text = useText();
  const { account } = useUser().session;
  const outage = useOutage();
  const isSignedIn = useStateOf(account?.isValid ?? ALWAYS);
  return (
    <div className={classes.place}>
      {account && !isSignedIn ? (
        <div className={classes.notice}>
          <p role="alert">{text.signedOut}</p>
          <button type="button" className="button" onClick={account.signInAgain}>
            {text.signIn}
          </button>
        </div>
      ) : (
        outage && <OutageNotice outage={outage} />
      )}
    </div>
  );
}

function OutageNotice({ outage: { wasConnected, retryAt } }: { outage: Outage }) {
  const text = useText();
  const { reconnectNow } = useUser();
  const seconds = useSecondsUntil(retryAt);
  return (
    <div className={classes.notice}>
      <p>
        <strong role="status">{wasConnected ? text.offline : text.connecting}</strong>{' '}
        {wasConnected && text.offlineQueue}{' '}
        <span className={classes.next}>
          {seconds === undefined
            ? wasConnected && text.reconnectingNow
            : text.reconnectingIn(seconds)}
        </span>
      </p>
      {seconds !== undefined && (
        <button type="button" className="button" onClick={reconnectNow}>
          {text.retryNow}
        </button>
      )}
    </div>
  );
}

/** Counts down; nothing while there is nothing to wait for. */
function useSecondsUntil(at: number | undefined): number | undefined {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    if (at === undefined) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [at]);
  if (at === undefined) return undefined;
  const left = Math.ceil((at - now) / 1_000);
  return left > 0 ? left : undefined;
}

const ALWAYS = createState(true);
