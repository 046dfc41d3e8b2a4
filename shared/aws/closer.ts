import { DeleteConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import type { Closer } from '../domain/ports.ts';
import { createManagementClient } from './management-client.ts';
import { classifyPostError } from './poster.ts';

/** Shorter than for a post: the batch is nearly done when somebody is closed. */
const CLOSE_TIMEOUT_MS = 1_000;

interface CloserOptions {
  /** `https://<api>.execute-api.<region>.amazonaws.com/<stage>` */
  endpoint: string;
  /** Sockets kept open; as many as calls run at once. */
  concurrency: number;
}

/** `DELETE @connections/{id}`: the client sees a normal closure (1000), whatever the reason. */
export function createCloser(options: CloserOptions): Closer {
  const client = createManagementClient({ ...options, timeoutMs: CLOSE_TIMEOUT_MS });
  return {
    async close(connectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
        return true;
      } catch (error) {
        return classifyPostError(error) === 'gone';
      }
    },
  };
}
