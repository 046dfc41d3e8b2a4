import type { OpsAxis } from '../../contract.ts';

interface Line {
  value: number;
  label: string;
}

/** A limit further above the data than so many times would press them flat. */
const NEAR = 3;
const HEADROOM = 1.1;

/** The lines that are drawn. The others are named above the graph: there is room below them. */
export function linesInView<L extends Line>(lines: readonly L[], dataMax: number | null): L[] {
  return lines.filter(({ value }) => dataMax === null || dataMax <= 0 || value <= NEAR * dataMax);
}

/** Where an axis begins and ends: as the widget says, otherwise around the data and the lines. */
export function yRange(
  { min, max }: OpsAxis,
  data: { min: number | null; max: number | null },
  lines: readonly Line[],
): [number, number] {
  const highest = Math.max(
    0,
    data.max ?? 0,
    ...linesInView(lines, data.max).map(({ value }) => value),
  );
  const from = min ?? Math.min(0, data.min ?? 0);
  const to = max ?? highest * HEADROOM;
  return to > from ? [from, to] : [from, from + 1];
}
