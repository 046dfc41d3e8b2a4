import { describe, expect, it } from '@jest/globals';
import { readBatchOutcome } from '../../../../local/events/batch-response.ts';

describe('the answer to a batch of a and b', () => {
  it.each<[string, unknown, string]>([
    ['null', null, 'all-done'],
    ['an empty text', '', 'all-done'],
    ['an empty object', {}, 'all-done'],
    ['something else', { statusCode: 200 }, 'all-done'],
    ['an empty list', { batchItemFailures: [] }, 'all-done'],
    ['a null list', { batchItemFailures: null }, 'all-done'],
    ['a known id', { batchItemFailures: [{ itemIdentifier: 'b' }] }, 'some-failed'],
    ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'c' }] }, 'all-failed'],
    ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }, 'all-failed'],
    ['a null id', { batchItemFailures: [{ itemIdentifier: null }] }, 'all-failed'],
    ['another key', { batchItemFailures: [{ id: 'b' }] }, 'all-failed'],
    ['a bare id', { batchItemFailures: ['b'] }, 'all-failed'],
    ['a null entry', { batchItemFailures: [null] }, 'all-failed'],
    ['a list that is none', { batchItemFailures: 'b' }, 'all-failed'],
    ['a text', 'fine', 'all-failed'],
    ['a list at the top', [], 'all-failed'],
    ['a number', 0, 'all-failed'],
  ])('with %s is read as it should be', (_, payload, kind) => {
    const outcome = readBatchOutcome({ status: 'returned', payload }, true, ['a', 'b']);
    expect(outcome.kind).toBe(kind);
  });
});
