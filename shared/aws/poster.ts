import { PostToConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { Poster, PostOutcome } from '../domain/ports.ts';
import { createManagementClient } from './management-client.ts';
import { hasName, statusOf } from './sdk-errors.ts';

const POST_TIMEOUT_MS = 3_000;

interface PosterOptions {
  /** `https://<api>.execute-api.<region>.amazonaws.com/<stage>` */
  endpoint: string;
  /** Sockets kept open; as many as posts run at once. */
  concurrency: number;
}

/** Posts frames through `@connections`, with one attempt each. */
export function createPoster(options: PosterOptions): Poster {
  const client = createManagementClient({ ...options, timeoutMs: POST_TIMEOUT_MS });
  return {
    async post(connectionId, frame) {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame }));
        return 'delivered';
      } catch (error) {
        return classifyPostError(error);
      }
    },
  };
}

/** By name and by status: a 410 without its error-type header arrives as an unknown error. */
export function classifyPostError(error: unknown): PostOutcome {
  const status = statusOf(error);
  if (hasName(error, 'GoneException') || status === 410) return 'gone';
  if (hasName(error, 'LimitExceededException') || status === 429) return 'throttled';
  if (hasName(error, 'PayloadTooLargeException') || status === 413) return 'too-large';
  if (status === 400) return 'rejected';
  // A 403 too: a permission that is missing today is granted tomorrow, and the frame still counts.
  return 'failed';
}
