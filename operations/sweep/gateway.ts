import { GetConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import {
  createManagementClient,
  type ManagementClientOptions,
} from '../../shared/aws/management-client.ts';
import { classifyPostError } from '../../shared/aws/poster.ts';

/** What the gateway says of a connection; `unknown` when it did not answer that. */
export type Presence = 'open' | 'gone' | 'unknown';

export interface ConnectionGateway {
  /** Never throws. */
  presenceOf(connectionId: string): Promise<Presence>;
}

const TIMEOUT_MS = 3_000;

/** Asks API Gateway, at the cost of one request of the account's quota each. */
export function createConnectionGateway(
  options: Omit<ManagementClientOptions, 'timeoutMs'>,
): ConnectionGateway {
  const client = createManagementClient({ ...options, timeoutMs: TIMEOUT_MS });
  return {
    async presenceOf(connectionId) {
      try {
        await client.send(new GetConnectionCommand({ ConnectionId: connectionId }));
        return 'open';
      } catch (error) {
        return classifyPostError(error) === 'gone' ? 'gone' : 'unknown';
      }
    },
  };
}
