import type { ErrorFrame } from '../shared/protocol/frames.ts';
import type { ChatError, ClientErrorCode } from './types.ts';

/** The one error that the library throws, rejects with and emits. */
export class ChatClientError extends Error implements ChatError {
  readonly code: ClientErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ClientErrorCode, message: string, retryable = false, retryAfterMs?: number) {
    super(message);
    this.name = 'ChatClientError';
    this.code = code;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

export function fromErrorFrame(frame: ErrorFrame): ChatClientError {
  return new ChatClientError(frame.code, frame.message, frame.retryable, frame.retryAfterMs);
}
