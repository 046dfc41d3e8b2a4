import type { OpsAlarm } from '../../contract.ts';
import { formatDuration } from '../format.ts';
import { AlarmDetails } from './alarm-details.tsx';
import classes from './alarms.module.css';
import { StateMark } from './state-mark.tsx';

interface AlarmGridProps {
  id: string;
  title: string;
  /** In the order of the widget. */
  alarms: readonly OpsAlarm[];
  shortName: (name: string) => string;
  now: number;
  onRunbook: (name: string) => void;
}

/** Every alarm of the widget, with its state; each tells more when it is opened. */
export function AlarmGrid({ id, title, alarms, shortName, now, onRunbook }: AlarmGridProps) {
  return (
    <section className={classes.alarms} aria-labelledby={`title-${id}`}>
      <h2 id={`title-${id}`}>{title}</h2>
      <ul>
        {alarms.map((alarm) => (
          <li key={alarm.name} data-state={alarm.state}>
            <details>
              <summary>
                <span className={classes.name}>{shortName(alarm.name)}</span>
                <StateMark state={alarm.state} />
                <span className={classes.since}>for {formatDuration(now - alarm.since)}</span>
              </summary>
              <AlarmDetails alarm={alarm} onRunbook={onRunbook} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}
