const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const fraction = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 });

/** Whole numbers as they are, others with four digits that count. */
export function formatValue(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 10_000
    ? whole.format(value)
    : fraction.format(value);
}

/** For an axis: `12K`. */
export const formatTick = (value: number): string => compact.format(value);

const MINUTE = 60_000;

/** `3 min`, `2 h 5 min`; below a minute in seconds. */
export function formatDuration(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1_000))} s`;
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

const time = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const timeWithSeconds = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

export const formatTime = (at: number): string => time.format(at);
/** For what is shorter than a minute. */
export const formatTimeWithSeconds = (at: number): string => timeWithSeconds.format(at);
