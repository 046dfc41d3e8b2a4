import classes from './graph.module.css';
import { paletteFor, strokeOf } from './palette.ts';

interface SwatchProps {
  index: number;
  color: string | undefined;
  isDark: boolean;
}

/** A piece of the line. */
export function Swatch({ index, color: given, isDark }: SwatchProps) {
  const { color, dash } = strokeOf(paletteFor(isDark), index, given);
  return (
    <svg className={classes.swatch} viewBox="0 0 18 6" aria-hidden="true">
      <line x1="0" y1="3" x2="18" y2="3" stroke={color} strokeDasharray={dash.join(' ')} />
    </svg>
  );
}
