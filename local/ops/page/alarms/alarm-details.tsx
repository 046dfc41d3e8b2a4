import type { OpsAlarm } from '../../contract.ts';
import { entryName } from '../text/runbook-entry.ts';
import classes from './alarms.module.css';

interface AlarmDetailsProps {
  alarm: OpsAlarm;
  onRunbook: (name: string) => void;
}

/** What an alarm means, why it is what it is, and what to do about it. */
export function AlarmDetails({ alarm, onRunbook }: AlarmDetailsProps) {
  return (
    <div className={classes.details}>
      <p>{alarm.description}</p>
      <p className={classes.reason}>{alarm.reason}</p>
      {alarm.runbook !== undefined && (
        <RunbookLink name={alarm.name} address={alarm.runbook} onRunbook={onRunbook} />
      )}
    </div>
  );
}

/** To where the deployment says, or to the runbook that comes with this version. */
function RunbookLink({
  name,
  address,
  onRunbook,
}: {
  name: string;
  address: string;
  onRunbook: (name: string) => void;
}) {
  const label = (
    <>
      Runbook<span className="visually-hidden"> of {name}</span>
    </>
  );
  if (/^https?:\/\//.test(address)) {
    return (
      <a href={address} target="_blank" rel="noopener noreferrer">
        {label}
      </a>
    );
  }
  return (
    <button
      type="button"
      className={`link ${classes.runbook}`}
      onClick={() => onRunbook(entryName(address))}
    >
      {label}
    </button>
  );
}
