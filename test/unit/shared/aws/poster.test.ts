import { describe, expect, it } from '@jest/globals';
import { classifyPostError } from '../../../../shared/aws/poster.ts';
import { anSdkError } from '../../../support/fake-sdk-client.ts';

describe('classifyPostError', () => {
  it.each([
    ['a gone connection', anSdkError('GoneException', 410), 'gone'],
    ['a bare 410 without its name', anSdkError('Unknown', 410), 'gone'],
    ['a rate that is exhausted', anSdkError('LimitExceededException', 429), 'throttled'],
    ['a bare 429', anSdkError('Unknown', 429), 'throttled'],
    ['a frame that is too large', anSdkError('PayloadTooLargeException', 413), 'too-large'],
    ['a malformed connection id', anSdkError('BadRequestException', 400), 'rejected'],
    ['a missing permission', anSdkError('ForbiddenException', 403), 'failed'],
    ['a broken gateway', anSdkError('InternalServerError', 500), 'failed'],
    ['a timeout', anSdkError('TimeoutError'), 'failed'],
    ['something that is no error', 'nonsense', 'failed'],
  ])('takes %s', (_title, error, outcome) => {
    expect(classifyPostError(error)).toBe(outcome);
  });
});
