import {
  reduceSequence as reduce,
  type Sequence,
  type SequenceEffect,
  type SequenceEvent,
} from '../../../../client/sequence.ts';

export { startSequence } from '../../../../client/sequence.ts';

/** What is pushed once more is shown once more. */
export function reduceSequence(before: Sequence, event: SequenceEvent) {
  const { sequence, effects } = reduce(before, event);
  if (event.type !== 'push' || before.position === undefined) return { sequence, effects };
  const again: SequenceEffect[] = [];
  for (const entry of event.entries) {
    if (entry.kind === 'void' || entry.seq > before.position) continue;
    again.push({ type: 'deliver', message: entry });
  }
  return { sequence, effects: [...again, ...effects] };
}
