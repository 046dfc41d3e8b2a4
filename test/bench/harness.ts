/** One way of doing the work that a benchmark compares. */
export interface Variant {
  name: string;
  /** Does the work once, and says how many units it was. */
  run(): Promise<number>;
}

/** Per unit of work, in microseconds, one value for each round. */
export interface Measurement {
  name: string;
  cpuUs: number[];
  wallUs: number[];
}

export interface MeasureOptions {
  rounds: number;
  onProgress: (line: string) => void;
}

/**
 * Measures variants in turn, round by round, so that what else the machine does hits all of them
 * alike. One round goes before the first that counts: it opens sockets and lets the code get hot.
 *
 * CPU time is that of this process with all of its threads; whatever a variant talks to belongs in
 * another one.
 */
export async function measure(
  variants: readonly Variant[],
  { rounds, onProgress }: MeasureOptions,
): Promise<Measurement[]> {
  const measured = variants.map((variant) => ({
    variant,
    measurement: { name: variant.name, cpuUs: [], wallUs: [] } as Measurement,
  }));
  for (let round = 0; round <= rounds; round += 1) {
    onProgress(round === 0 ? 'warming up' : `round ${round} of ${rounds}`);
    for (const { variant, measurement } of measured) {
      const wallBefore = performance.now();
      const cpuBefore = process.cpuUsage();
      const units = await variant.run();
      const { user, system } = process.cpuUsage(cpuBefore);
      if (round === 0) continue;
      measurement.cpuUs.push((user + system) / units);
      measurement.wallUs.push(((performance.now() - wallBefore) * 1000) / units);
    }
  }
  return measured.map(({ measurement }) => measurement);
}

/** The median of the ratios within the rounds: what slowed a whole round down cancels out. */
export function medianRatio(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, round) => value / (base[round] ?? Number.NaN)));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const [low, high] = [sorted[Math.floor(middle)], sorted[Math.ceil(middle)]];
  if (low === undefined || high === undefined) throw new Error('There is no median of nothing.');
  return (low + high) / 2;
}
