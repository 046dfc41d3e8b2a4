import type { OpsAlarm } from '../../contract.ts';
import { formatDuration } from '../format.ts';
import { AlarmDetails } from './alarm-details.tsx';
import classes from './alarms.module.css';
import { StateMark } from './state-mark.tsx';
import type { Verdict as Judgement } from './verdict-of.ts';

interface VerdictProps {
  verdict: Judgement;
  ringing: readonly OpsAlarm[];
  shortName: (name: string) => string;
  now: number;
  onRunbook: (name: string) => void;
}

/** The answer at one glance, and what rings, with what there is to know of it. */
export function Verdict({ verdict, ringing, shortName, now, onRunbook }: VerdictProps) {
  return (
    <section className={classes.verdict} data-mood={verdict.mood} aria-label="Is it up?">
      <p className={classes.answer} role="status">
        <strong>{verdict.title}</strong> {verdict.detail}
      </p>
      {ringing.length > 0 && (
        <ul className={classes.ringing}>
          {ringing.map((alarm) => (
            <li key={alarm.name}>
              <p className={classes.name}>
                <StateMark state={alarm.state} /> {shortName(alarm.name)}{' '}
                <span className={classes.since}>for {formatDuration(now - alarm.since)}</span>
              </p>
              <AlarmDetails alarm={alarm} onRunbook={onRunbook} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
