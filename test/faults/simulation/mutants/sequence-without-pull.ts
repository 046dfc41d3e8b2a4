import {
  reduceSequence as reduce,
  type Sequence,
  type SequenceEvent,
} from '../../../../client/sequence.ts';

export { startSequence } from '../../../../client/sequence.ts';

/** What is missing is not asked for. */
export function reduceSequence(before: Sequence, event: SequenceEvent) {
  const { sequence, effects } = reduce(before, event);
  return { sequence, effects: effects.filter(({ type }) => type !== 'ask') };
}
