/** [start of the period in epoch ms, value], ascending. */
export type Points = readonly (readonly [at: number, value: number])[];
export type SeriesById = Readonly<Record<string, Points>>;

/** What is known, with what is new or has changed; a series without changes stays the same array. */
export function mergeSeries(known: SeriesById, changes: SeriesById, oldest: number): SeriesById {
  const merged: Record<string, Points> = { ...known };
  for (const [id, changed] of Object.entries(changes)) {
    if (changed.length === 0) continue;
    const points = new Map([...(known[id] ?? []), ...changed]);
    merged[id] = [...points].filter(([at]) => at >= oldest).sort(([a], [b]) => a - b);
  }
  return merged;
}
