import {
  ApiGatewayManagementApiClient,
  type ApiGatewayManagementApiClientConfig,
} from '@aws-sdk/client-apigatewaymanagementapi';

export interface ManagementClientOptions {
  /** `https://<api>.execute-api.<region>.amazonaws.com/<stage>` */
  endpoint: string;
  /** Sockets kept open; as many as calls run at once. */
  concurrency: number;
  timeoutMs: number;
  /** What to sign with, and for which Region; absent, what the environment says. */
  signing?: Pick<ApiGatewayManagementApiClientConfig, 'region' | 'credentials'>;
}

/**
 * A client of `@connections` that makes one attempt: the delivery decides what is tried again and
 * when, where the SDK would wait seconds on a 429 that others could use.
 */
export function createManagementClient(
  options: ManagementClientOptions,
): ApiGatewayManagementApiClient {
  const { endpoint, concurrency, timeoutMs, signing = {} } = options;
  const agent = { keepAlive: true, maxSockets: concurrency };
  return new ApiGatewayManagementApiClient({
    ...signing,
    endpoint,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
