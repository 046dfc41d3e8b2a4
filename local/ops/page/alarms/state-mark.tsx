import type { OpsAlarm } from '../../contract.ts';
import classes from './alarms.module.css';

const WORDS: Record<OpsAlarm['state'], string> = {
  OK: 'OK',
  ALARM: 'In alarm',
  INSUFFICIENT_DATA: 'No data',
};

/** A disc for good, a triangle for alarm, a ring for nothing known: told apart without colour. */
const SHAPES: Record<OpsAlarm['state'], string> = {
  OK: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z',
  ALARM: 'M8 1.5 15.5 14.5H.5Z',
  INSUFFICIENT_DATA:
    'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Z',
};

export function StateMark({ state }: Pick<OpsAlarm, 'state'>) {
  return (
    <span className={classes.mark} data-state={state}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[state]} fillRule="evenodd" />
      </svg>
      {WORDS[state]}
    </span>
  );
}
