import type * as z from 'zod';
import { ChatError } from '../domain/errors.ts';

/** Says which field is wrong and what it must be, in one line. */
export function invalidFrame(error: z.ZodError): ChatError {
  const problems = error.issues.map(({ path, message, code }) => {
    const field = path.length === 0 ? 'frame' : path.join('.');
    return code === 'invalid_type' && message.includes('undefined')
      ? `${field} is missing`
      : `${field}: ${message}`;
  });
  return new ChatError('INVALID_FRAME', problems.join('; '));
}

/** What a client is told when something broke that is not its business. */
export function internalError(): ChatError {
  return new ChatError('INTERNAL', 'Something went wrong on our side; try again.', {
    retryAfterMs: 1_000,
  });
}
