/** Every code that an error frame or an HTTP error may carry. */
export type ErrorCode =
  | 'BAD_JSON'
  | 'UNKNOWN_ACTION'
  | 'INVALID_FRAME'
  | 'NOT_A_MEMBER'
  | 'FORBIDDEN'
  | 'ROOM_FULL'
  | 'RATE_LIMITED'
  | 'TOO_LARGE'
  | 'CONFLICT'
  | 'UNAVAILABLE'
  | 'INTERNAL';

export interface ChatErrorOptions {
  /** The same request may succeed later, unchanged. */
  retryable?: boolean;
  /** How long to wait before trying again, in milliseconds. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** A refusal that the client is told about: its code and message go over the wire as they are. */
export class ChatError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, message: string, options: ChatErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'ChatError';
    this.code = code;
    this.retryable = options.retryable ?? options.retryAfterMs !== undefined;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The room's own traffic is too much for the place where it is stored, or for the share that it may post. */
export function rateLimited(roomId: string, cause?: unknown, retryAfterMs = 1_000): ChatError {
  const message = `Room ${roomId} takes no more messages for a moment; send again with the same clientMessageId.`;
  return new ChatError('RATE_LIMITED', message, { retryAfterMs, cause });
}

export function unavailable(message: string, cause?: unknown, retryAfterMs = 1_000): ChatError {
  return new ChatError('UNAVAILABLE', message, { retryAfterMs, cause });
}
