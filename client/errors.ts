import type { ErrorFrame } from '../shared/protocol/frames.ts';
import type { ChatError, ClientErrorCode } from './types.ts';

/** The one error that the library throws, rejects with and emits. */
export class ChatClientError extends Error implements ChatError {
  declare readonly code: ClientErrorCode;
  declare readonly retryable: boolean;
  declare readonly retryAfterMs: number | undefined;

  constructor(code: ClientErrorCode, message: string, retryable = false, retryAfterMs?: number) {
    super(message);
    Object.assign(this, { name: 'ChatClientError', code, retryable, retryAfterMs });
  }
}

export function fromErrorFrame(frame: ErrorFrame): ChatClientError {
  return new ChatClientError(frame.code, frame.message, frame.retryable, frame.retryAfterMs);
}
