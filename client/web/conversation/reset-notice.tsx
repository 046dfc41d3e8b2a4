import { useText } from '../language/language.ts';
import classes from './reset-notice.module.css';

/** Told plainly: what stood here is gone. */
export function ResetNotice({ reason }: { reason: 'retention' | 'rewound' }) {
  const text = useText();
  return (
    <p className={classes.notice} role="status">
      {reason === 'retention' ? text.resetRetention : text.resetRewound}
    </p>
  );
}
