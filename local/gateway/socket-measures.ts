import type { Integrate } from './integration.ts';

/**
 * What API Gateway measures of a WebSocket API. `ClientError` is a refusal before a function was asked,
 * `IntegrationError` a function that failed or was refused, and `ExecutionError` an answer that did not
 * come in time or could not be used: AWS does not tell more exactly which is which.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html
 */
export type SocketMeasure =
  | 'ConnectCount'
  | 'MessageCount'
  | 'ClientError'
  | 'ExecutionError'
  | 'IntegrationError'
  | 'IntegrationLatency';

/** Must not throw. */
export type MeasureSocket = (name: SocketMeasure, value: number) => void;

/** Measures what routes ask of functions. */
export function measureIntegrate(integrate: Integrate, measure: MeasureSocket): Integrate {
  return async (functionId, payload, timeoutMs) => {
    const beganAt = performance.now();
    const result = await integrate(functionId, payload, timeoutMs);
    measure('IntegrationLatency', performance.now() - beganAt);
    if (result.status === 'timed-out') measure('ExecutionError', 1);
    else if (result.status !== 'returned') measure('IntegrationError', 1);
    return result;
  };
}
