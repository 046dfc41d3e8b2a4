import { createSequence as create, type SequencePort } from '../../../../client/sequence.ts';

/** What is pushed once more is shown once more. */
export function createSequence(since: number | undefined, port: SequencePort) {
  const sequence = create(since, port);
  const push: typeof sequence.push = (news) => {
    const { position = 0 } = sequence;
    for (const entry of news.messages) {
      if (entry.kind !== 'void' && entry.seq <= position) port.emit('message', entry);
    }
    sequence.push(news);
  };
  return Object.assign(Object.create(sequence), { push }) as typeof sequence;
}
