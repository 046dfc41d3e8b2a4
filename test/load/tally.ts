/** What applications were shown, against what was acknowledged to the senders. */
export interface Shown {
  shown: number;
  lost: number;
  duplicated: number;
  reordered: number;
}

/** @param shown the numbers that each application was shown, in that order */
export function compareShown(
  acknowledged: readonly number[],
  shown: readonly (readonly number[])[],
): Shown {
  const tally = { shown: 0, lost: 0, duplicated: 0, reordered: 0 };
  for (const seqs of shown) {
    const seen = new Set<number>();
    let last = 0;
    for (const seq of seqs) {
      if (seen.has(seq)) tally.duplicated += 1;
      else if (seq < last) tally.reordered += 1;
      seen.add(seq);
      last = Math.max(last, seq);
    }
    tally.shown += seqs.length;
    tally.lost += acknowledged.filter((seq) => !seen.has(seq)).length;
  }
  return tally;
}

export function isPerfect({ lost, duplicated, reordered }: Shown): boolean {
  return lost + duplicated + reordered === 0;
}
