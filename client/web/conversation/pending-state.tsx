import type { PendingMessage } from '../../react/index.ts';
import type { Dictionary } from '../language/en.ts';
import { useText } from '../language/language.ts';
import classes from './pending-state.module.css';

interface PendingStateProps {
  pending: PendingMessage;
  onRetry: (key: string) => void;
  onDiscard: (key: string) => void;
}

/** What becomes of an own message. Nothing is said of one that is on its way, as most are, for a moment. */
export function PendingState({ pending, onRetry, onDiscard }: PendingStateProps) {
  const text = useText();
  const { key, state, error } = pending;
  if (state === 'stored' || state === 'sending') return null;
  if (state === 'queued') return <p className={classes.state}>{text.waiting}</p>;
  return (
    <p className={classes.failed} role="alert">
      {text.notSent} {reasonOf(error, text)}{' '}
      <button type="button" className="link" onClick={() => onRetry(key)}>
        {text.retry}
      </button>{' '}
      <button type="button" className="link" onClick={() => onDiscard(key)}>
        {text.discard}
      </button>
    </p>
  );
}

function reasonOf(error: PendingMessage['error'], text: Dictionary): string {
  switch (error?.code) {
    case 'TOO_LARGE':
      return text.whyTooLarge;
    case 'FORBIDDEN':
      return text.whyForbidden;
    case 'OUTBOX_EXPIRED':
      return text.whyExpired;
    case 'RESET':
      return text.whyLost;
    case 'OUTBOX_FULL':
      return text.whyFull;
    default:
      return text.whyOther;
  }
}
