import { createSequence as create, type SequencePort } from '../../../../client/sequence.ts';

/** What is missing is not asked for. */
export function createSequence(since: number | undefined, port: SequencePort) {
  return create(since, { ...port, ask() {} });
}
