import type { DashboardReading } from './dashboard-reading.ts';

/** What a dashboard shows of the time between two readings. */
export interface DashboardChange {
  /** Of something that is counted; 0 when there is no datapoint. */
  sum(graph: string, label: string): number;
  /** Of all lines of a graph. */
  sumOfAll(graph: string): number;
  /** Of a ratio, by what it is a ratio to; undefined when that is 0. */
  mean(ratio: Line, to: Line): number | undefined;
  /** By the start of the minute; without those that had a datapoint before the run. */
  minutes(graph: string, label: string): Map<number, number>;
  /** Titles of the graphs that show the same as if nothing had happened. */
  still(): string[];
}

export type Line = readonly [graph: string, label: string];

const MINUTE_MS = 60_000;
/** What `local/cloudwatch` keeps, less the minutes in which a run begins and ends. */
const REMEMBERED_MS = (3 * 60 - 2) * MINUTE_MS;

/** Undefined when the stack has forgotten how the run began. */
export function changeBetween(
  before: DashboardReading,
  after: DashboardReading,
): DashboardChange | undefined {
  if (after.now - before.now > REMEMBERED_MS) return undefined;
  const fromMs = Math.floor(before.now / MINUTE_MS) * MINUTE_MS;
  const [earlier, later] = [before, after].map(({ graphs }) =>
    graphs.map(({ title, series }) => ({
      title,
      series: series.map(({ label, points }) => ({
        label,
        points: new Map(points.filter(([startMs]) => startMs >= fromMs)),
      })),
    })),
  );

  function pointsOf(graphs: typeof later, graph: string, label: string): Map<number, number> {
    const points = graphs
      ?.find(({ title }) => title === graph)
      ?.series.find((series) => series.label === label)?.points;
    if (points === undefined) throw new Error(`The dashboard shows no "${label}" in "${graph}".`);
    return points;
  }

  function sum(graph: string, label: string): number {
    const total = (graphs: typeof later) =>
      [...pointsOf(graphs, graph, label).values()].reduce((all, value) => all + value, 0);
    return total(later) - total(earlier);
  }

  return {
    sum,
    sumOfAll(graph) {
      const { series = [] } = later?.find(({ title }) => title === graph) ?? {};
      return series.reduce((all, { label }) => all + sum(graph, label), 0);
    },
    mean(ratio, to) {
      const weight = sum(...to);
      const total = (graphs: typeof later) => {
        const weights = pointsOf(graphs, ...to);
        return [...pointsOf(graphs, ...ratio)].reduce(
          (all, [startMs, value]) => all + value * (weights.get(startMs) ?? 0),
          0,
        );
      };
      return weight === 0 ? undefined : (total(later) - total(earlier)) / weight;
    },
    minutes(graph, label) {
      const known = pointsOf(earlier, graph, label);
      return new Map([...pointsOf(later, graph, label)].filter(([startMs]) => !known.has(startMs)));
    },
    still: () =>
      (later ?? []).flatMap(({ title, series }) =>
        series.some(({ label, points }) => {
          const known = pointsOf(earlier, title, label);
          return [...points].some(([startMs, value]) => value !== (known.get(startMs) ?? 0));
        })
          ? []
          : [title],
      ),
  };
}
