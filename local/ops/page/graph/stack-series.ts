type Column = readonly (number | null)[];

/**
 * Each series on top of those before it. Who has no datapoint adds nothing; where nobody has one, there is
 * nothing. A series without any datapoint is not drawn.
 */
export function stackSeries(columns: readonly Column[]): (number | null)[][] {
  const length = columns[0]?.length ?? 0;
  const isKnown = Array.from({ length }, (_, at) => columns.some((column) => column[at] !== null));
  const sums = new Array<number>(length).fill(0);
  return columns.map((column) => {
    const isEmpty = column.every((value) => value === null);
    return column.map((value, at) => {
      const sum = (sums[at] ?? 0) + (value ?? 0);
      sums[at] = sum;
      return isEmpty || !isKnown[at] ? null : sum;
    });
  });
}
