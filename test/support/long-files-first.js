import Sequencer from '@jest/test-sequencer';

/** A run on a new machine knows no times yet: then the projects that start stacks take longest. */
const LONGEST_FIRST = ['faults', 'infra', 'browser', 'conformance', 'contract'];

const rankOf = ({ context }) => {
  const rank = LONGEST_FIRST.indexOf(context.config.displayName?.name);
  return rank === -1 ? LONGEST_FIRST.length : rank;
};

/**
 * Jest begins with the files that took longest the last time, and without a last time with the largest
 * ones. Here the smallest start the most, and the last of them would run alone while a core idles.
 */
export default class LongFilesFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const untimed = sorted
      .filter(({ duration }) => duration === undefined)
      .toSorted((a, b) => rankOf(a) - rankOf(b));
    return sorted.map((test) => (test.duration === undefined ? untimed.shift() : test));
  }
}
