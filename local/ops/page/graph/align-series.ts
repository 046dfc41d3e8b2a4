import type { Points } from '../live/merge-series.ts';

export interface Aligned {
  times: number[];
  /** One for each series, with nothing where it has no datapoint. */
  values: (number | null)[][];
}

/**
 * Puts series on one axis of time, from a moment on. Where all of them pause there is a moment of nothing,
 * so that no line is drawn over what nobody has measured.
 */
export function alignSeries(
  series: readonly Points[],
  { from, periodMs }: { from: number; periodMs: number },
): Aligned {
  const maps = series.map((points) => new Map(points));
  const known = new Set(maps.flatMap((points) => [...points.keys()].filter((at) => at >= from)));
  const times = [...known]
    .sort((a, b) => a - b)
    .flatMap((at, index, all) => {
      const previous = all[index - 1];
      const isAfterPause = previous !== undefined && at - previous > 1.5 * periodMs;
      return isAfterPause ? [previous + periodMs, at] : [at];
    });
  return { times, values: maps.map((points) => times.map((at) => points.get(at) ?? null)) };
}

/** The last datapoint, and where it stands. */
export function lastOf({ times, values }: Aligned, series: number) {
  const column = values[series] ?? [];
  const index = column.findLastIndex((value) => value !== null);
  return index === -1 ? undefined : { at: times[index] as number, value: column[index] as number };
}

/** Datapoints without a neighbour: no line shows them. */
export function isolatedPoints(column: readonly (number | null | undefined)[]): number[] {
  const isEmpty = (index: number) => (column[index] ?? null) === null;
  return column.flatMap((_, index) =>
    !isEmpty(index) && isEmpty(index - 1) && isEmpty(index + 1) ? index : [],
  );
}
