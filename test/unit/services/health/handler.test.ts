import { describe, expect, it } from '@jest/globals';
import { createHealthHandler } from '../../../../services/health/handler.ts';
import { bodyOf } from '../../../support/replies.ts';

describe('health', () => {
  it('says that the stack answers, and which version of it', async () => {
    const response = await createHealthHandler({ version: '1.2.3' })();

    expect(response.statusCode).toBe(200);
    expect(bodyOf(response)).toEqual({ status: 'ok', version: '1.2.3' });
  });
});
