/** A set of sequence numbers: what is dense and ascending takes no memory, however much it is. */
export interface NumberRanges {
  /** @returns false when it was there already. */
  add(number: number): boolean;
  readonly last: number;
  data(): RangeData;
}

/** Ascending, each from and to inclusive, none touching the next. */
export type RangeData = [from: number, to: number][];

export function createNumberRanges(): NumberRanges {
  const ranges: RangeData = [];

  /** Where it belongs, searched from the end: numbers come in nearly ascending. */
  function placeOf(number: number): number {
    let index = ranges.length;
    while (index > 0 && (ranges[index - 1]?.[0] ?? 0) > number) index -= 1;
    return index;
  }

  return {
    add(number) {
      const newest = ranges.at(-1);
      if (newest?.[1] === number - 1) {
        newest[1] = number;
        return true;
      }
      const index = placeOf(number);
      const [before, after] = [ranges[index - 1], ranges[index]];
      if (before !== undefined && number <= before[1]) return false;
      const followsBefore = before?.[1] === number - 1;
      const precedesAfter = after?.[0] === number + 1;
      if (followsBefore && precedesAfter) {
        before[1] = after[1];
        ranges.splice(index, 1);
      } else if (followsBefore) before[1] = number;
      else if (precedesAfter) after[0] = number;
      else ranges.splice(index, 0, [number, number]);
      return true;
    },
    get last() {
      return ranges.at(-1)?.[1] ?? 0;
    },
    data: () => ranges.map(([from, to]) => [from, to]),
  };
}

export function countNumbers(ranges: RangeData, above = 0): number {
  return ranges.reduce(
    (sum, [from, to]) => sum + Math.max(0, to - Math.max(from, above + 1) + 1),
    0,
  );
}

/** How many numbers above `above` are in the first and not in the second. */
export function countMissing(wanted: RangeData, present: RangeData, above: number): number {
  const shared = wanted.reduce(
    (sum, [from, to]) =>
      sum +
      present.reduce((common, [start, end]) => {
        const low = Math.max(from, start, above + 1);
        return common + Math.max(0, Math.min(to, end) - low + 1);
      }, 0),
    0,
  );
  return countNumbers(wanted, above) - shared;
}

/** Of several writers. */
export function uniteRanges(parts: readonly RangeData[]): RangeData {
  const united: RangeData = [];
  for (const [from, to] of parts.flat().sort(([a], [b]) => a - b)) {
    const last = united.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else united.push([from, to]);
  }
  return united;
}
