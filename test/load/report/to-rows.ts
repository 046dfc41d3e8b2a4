import type { Comparison } from '../agreement/compare.ts';
import type { Quantiles } from '../measure/histogram.ts';
import type { BesideReport } from './beside.ts';
import type { LoadReport } from './report.ts';

export type Row = readonly [name: string, value: string];

/** What people read first, in the terminal and on the page. */
export function toRows(report: LoadReport): Row[] {
  const { connections, messages, deliveries, frames, posts, pace, cost, storm, beside } = report;
  const rows: Row[] = [
    [
      'connections',
      `${whole(connections.live)} live of ${whole(connections.wanted)}${details(connections.failedAttempts, 'failed attempts')}`,
    ],
    ['to become live', quantiles(connections.enterMs)],
    ['messages offered', `${whole(messages.offered)}, ${digits(messages.offeredPerSecond)}/s`],
    [
      'messages stored',
      `${whole(messages.stored)}, ${digits(messages.storedPerSecond)}/s${details(messages.refused, 'refused')}`,
    ],
    ['stored after', quantiles(messages.storedMs)],
    [
      'deliveries',
      `${whole(deliveries.delivered)} of ${whole(deliveries.expected)}, ${digits(deliveries.perSecond)}/s`,
    ],
    ['delivered after', quantiles(report.latencyMs)],
    ['lost', whole(deliveries.lost)],
    ['duplicated', whole(deliveries.duplicated)],
    ['reordered', whole(deliveries.reordered)],
    ['gaps repaired', whole(deliveries.gapsRepaired)],
    [
      'frames',
      `${whole(frames.received)}, ${frames.perMemberAndMessage === undefined ? 'none' : digits(frames.perMemberAndMessage)} per member and message`,
    ],
    ['posts', posts === undefined ? UNKNOWN : whole(posts.total)],
    ['429s', posts === undefined ? UNKNOWN : whole(posts.throttled)],
    ['cold starts', report.coldStarts === undefined ? UNKNOWN : whole(report.coldStarts)],
    [
      'cost per million',
      cost === undefined
        ? 'none'
        : `$${digits(cost.perMillionMessages)} messages, $${digits(cost.perMillionDeliveries)} deliveries`,
    ],
  ];
  if (pace !== undefined) {
    const { postsPerSecond, bucket, mostAbove, busiestSecond } = pace;
    rows.push(
      ['most in a second', `${whole(busiestSecond)} posts of ${whole(postsPerSecond)}`],
      ['above the rate', `${whole(mostAbove)} posts in any time, of a bucket of ${whole(bucket)}`],
    );
  }
  if (beside !== undefined) rows.push(...toBesideRows(beside));
  if (deliveries.resets > 0) rows.push(['resets', whole(deliveries.resets)]);
  if (storm !== undefined) {
    const seconds = storm.secondsToRecover;
    rows.push(
      ['recovered after', seconds === undefined ? 'not in time' : `${digits(seconds)} s`],
      [
        'attempts per client',
        `${digits(storm.attemptsPerClient)}${details(storm.failedAttempts, 'failed')}`,
      ],
    );
  }
  return rows;
}

function toBesideRows({ alone, beside, rise, hot }: BesideReport): Row[] {
  const times = rise && `${digits(rise.p50)} × p50, ${digits(rise.p99)} × p99`;
  return [
    ['quiet rooms alone', quantiles(alone)],
    ['beside the hot room', quantiles(beside)],
    ['that is', times ?? 'none'],
    ['hot room', quantiles(hot.latencyMs)],
    [
      'stored in it',
      `${whole(hot.stored)} of ${whole(hot.offered)}, ${whole(hot.toldToWait)} times told to wait`,
    ],
  ];
}

const UNKNOWN = 'unknown: this stack cannot be asked';

/** One row for each rate of a rising one. */
export function toStepRows({ steps = [] }: LoadReport): Record<string, string>[] {
  return steps.map(({ rate, stored, deliveriesPerSecond, latencyMs }) => ({
    'messages/s': digits(rate),
    stored: whole(stored),
    'deliveries/s': digits(deliveriesPerSecond),
    p50: ms(latencyMs?.p50),
    p99: ms(latencyMs?.p99),
    'p99.9': ms(latencyMs?.p999),
    max: ms(latencyMs?.max),
  }));
}

/** The stack's own figures beside those of the load. */
export function toAgreementRows({ agreement }: LoadReport): Record<string, string>[] {
  if (agreement === undefined) return [];
  const toRow =
    (format: (value: number) => string) =>
    ({ figure, stack, load, percent }: Comparison) => ({
      figure,
      stack: stack === undefined ? '–' : format(stack),
      load: load === undefined ? '–' : format(load),
      apart: percent === undefined ? '–' : `${percent.toFixed(1)} %`,
    });
  return [...agreement.counts.map(toRow(digits)), ...agreement.percentiles.map(toRow(ms))];
}

export function toStillLines({ agreement }: LoadReport): string[] {
  if (agreement === undefined) return [];
  const { unexpected, atRest } = agreement.still;
  return [
    `Widgets that did not move: ${unexpected.join(', ') || 'none'}.`,
    `At rest, as they are when all is well: ${atRest.join(', ') || 'none'}.`,
  ];
}

export function toVerdictLines({ verdicts, isInterrupted }: LoadReport): string[] {
  if (isInterrupted)
    return ['Interrupted: this is what was measured so far, and nothing was judged.'];
  return verdicts.map(({ threshold, value, max, ok }) => {
    const figure = value === undefined ? 'no figure' : digits(value);
    return `${ok ? 'kept' : 'MISSED'}: ${threshold} ${figure}, at most ${digits(max)}`;
  });
}

export const ms = (value: number | undefined): string =>
  value === undefined
    ? '–'
    : value < 1_000
      ? `${value.toFixed(0)} ms`
      : `${(value / 1_000).toFixed(2)} s`;

function quantiles(values: Quantiles | undefined): string {
  if (values === undefined) return 'none';
  const { p50, p99, p999, max } = values;
  return `p50 ${ms(p50)} · p99 ${ms(p99)} · p99.9 ${ms(p999)} · maximum ${ms(max)}`;
}

/** In brackets, when there are any. */
function details(counts: Record<string, number>, what: string): string {
  const list = Object.entries(counts).map(([name, count]) => `${whole(count)} × ${name}`);
  return list.length === 0 ? '' : ` (${what}: ${list.join(', ')})`;
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** Three digits that count, and all of those before the point. */
export function digits(value: number): string {
  const rounded = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return rounded.toLocaleString('en-US');
}
