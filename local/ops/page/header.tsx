import { formatTimeWithSeconds } from './format.ts';
import classes from './page.module.css';
import { RANGES, type Range } from './ranges.ts';

interface HeaderProps {
  name: string;
  now: number;
  isLive: boolean;
  range: Range;
  onRange: (range: Range) => void;
}

export function Header({ name, now, isLive, range, onRange }: HeaderProps) {
  return (
    <header className={classes.header}>
      <div>
        <h1>{name}</h1>
        <p>
          on this machine, {isLive ? 'as of' : 'last heard of at'} {formatTimeWithSeconds(now)}
        </p>
      </div>
      <fieldset className={classes.ranges}>
        <legend className="visually-hidden">Range of time</legend>
        {RANGES.map((choice) => (
          <label key={choice.label}>
            <input
              type="radio"
              name="range"
              checked={choice === range}
              onChange={() => onRange(choice)}
            />
            <span>{choice.label}</span>
          </label>
        ))}
      </fieldset>
    </header>
  );
}
