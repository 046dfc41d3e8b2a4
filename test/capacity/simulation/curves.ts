import type { Axis, Curve, LineChart } from './line-chart.ts';
import type { SimulationResult } from './simulate.ts';

/** One gathering over rising rates. */
export interface Series {
  name: string;
  results: readonly SimulationResult[];
}

const whole = (value: number) => value.toLocaleString('en-US');

/** The charts of `docs/capacity.md`, by the name of their file. */
export function chartsOf(
  series: readonly Series[],
  { quota, postsPerSecond }: { quota: number; postsPerSecond: number },
): Record<string, LineChart> {
  const rates = series.flatMap(({ results }) => results.map(({ offered }) => offered));
  const x = messagesAxis(Math.min(...rates), Math.max(...rates));
  const curves = (
    label: string,
    read: (result: SimulationResult) => number | undefined,
    isDashed = false,
  ): Curve[] =>
    series.map(({ name, results }, index) => ({
      label: label === '' ? name : `${name}, ${label}`,
      colour: (index % 3) as Curve['colour'],
      isDashed,
      points: results.map((result) => ({ x: result.offered, y: read(result) })),
    }));
  const costs = series.flatMap(({ results }) =>
    results.map(({ perMillionMessages }) => perMillionMessages),
  );

  const waits = [
    ...curves('busy rooms that waited', ({ rooms }) => (rooms.gathered / rooms.active) * 100),
    ...curves('messages refused', refusedShare, true),
  ].filter((curve) => heights(curve).some((height) => height > 0));

  return {
    'scale-latency': {
      title: 'A message until its last member has it',
      x,
      y: {
        label: 'seconds',
        scale: 'log',
        min: 0.1,
        max: 100,
        ticks: [0.1, 0.3, 1, 3, 10, 30, 100],
        format: String,
      },
      curves: [
        ...curves('median', ({ toTheLastMember: { p50 } }) => inSeconds(p50)),
        ...curves('99 of 100', ({ toTheLastMember: { p99 } }) => inSeconds(p99), true),
      ],
    },
    'scale-posts': {
      title: 'Requests against the quota',
      x,
      y: { ...upTo('requests a second', quota * 1.1), format: whole },
      curves: curves('', ({ requests }) => requests),
      marks: [
        { y: quota, label: `quota: ${whole(quota)}` },
        { y: postsPerSecond, label: `postsPerSecond: ${whole(postsPerSecond)}` },
      ],
    },
    'scale-frames': {
      title: 'Frames posted for each member and message',
      x,
      y: { ...upTo('frames', 1), format: String },
      curves: curves('', ({ postsPerMemberAndMessage }) => postsPerMemberAndMessage),
    },
    'scale-rooms': {
      title: 'Who waits, and who is refused',
      x,
      y: { ...upTo('percent', Math.max(1, ...waits.flatMap(heights))), format: String },
      curves: waits,
    },
    'scale-cost': {
      title: 'A million messages',
      x,
      y: {
        ...upTo('dollars', Math.max(...costs)),
        format: whole,
      },
      curves: curves('', ({ perMillionMessages }) => perMillionMessages),
    },
  };
}

const heights = ({ points }: Curve) => points.map(({ y = 0 }) => y);

export function refusedShare({ offered, refused }: SimulationResult): number {
  return ((refused.slowMode + refused.partition + refused.gateway) / offered) * 100;
}

const inSeconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1_000);

function messagesAxis(min: number, max: number): Axis {
  const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000];
  return {
    label: 'messages a second, all rooms together',
    scale: 'log',
    min,
    max,
    ticks: ticks.filter((tick) => tick >= min * 0.999 && tick <= max * 1.001),
    format: whole,
  };
}

/** From nothing to a round number that is not below the largest value. */
function upTo(label: string, largest: number) {
  const unit = 10 ** Math.floor(Math.log10(largest));
  const step = [0.2, 0.5, 1].map((part) => part * unit).find((size) => largest / size <= 6) ?? unit;
  const count = Math.ceil(largest / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toFixed(6)));
  return { label, scale: 'linear' as const, min: 0, max: count * step, ticks };
}
