import * as z from 'zod';
import type { Identity } from '../../../shared/domain/identity.ts';
import {
  type IdentityContext,
  toIdentityContext,
} from '../../../shared/lambda/identity-context.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import { headerOf } from '../../../shared/lambda/socket-event.ts';
import { BEARER_SUBPROTOCOL_PREFIX } from '../../../shared/protocol/frames.ts';
import type { Credentials, Identification, Identify } from './identify.ts';

const request = {
  headers: z.record(z.string(), z.string()).default({}),
  queryStringParameters: z.record(z.string(), z.string()).default({}),
};

const authorizerEventSchema = z.union([
  z.object({
    ...request,
    type: z.literal('REQUEST'),
    methodArn: z.string(),
    version: z.undefined().optional(),
  }),
  z.object({
    ...request,
    type: z.literal('REQUEST'),
    routeArn: z.string(),
    version: z.literal('2.0'),
  }),
]);

interface PolicyResponse {
  principalId: string;
  policyDocument: { Version: '2012-10-17'; Statement: object[] };
  context: IdentityContext;
}

export interface AuthorizeDependencies {
  identify: Identify;
  log: Log;
  metrics: MetricsOf<'authorize'>;
}

type SimpleResponse = { isAuthorized: boolean; context?: IdentityContext };

/**
 * `$connect` and HTTP requests → who is asking. A WebSocket API wants an IAM policy, an HTTP API a
 * yes or no; a thrown `Unauthorized` is API Gateway's word for 401, a denial is a 403.
 */
export function createAuthorizeHandler({ identify, log, metrics }: AuthorizeDependencies) {
  return async (input: unknown): Promise<PolicyResponse | SimpleResponse> => {
    const event = authorizerEventSchema.parse(input);
    const identification = await identify(credentialsOf(event));
    if (identification.outcome === 'refused') {
      log.warn('refused', { reason: identification.reason });
    }
    if (identification.outcome !== 'identified') metrics.emit({ refused: 1 });
    if (event.version === '2.0') return toSimpleResponse(identification);
    if (identification.outcome === 'missing') throw new Error('Unauthorized');
    return toPolicy(identification, event.methodArn);
  };
}

function toSimpleResponse(identification: Identification): SimpleResponse {
  if (identification.outcome !== 'identified') return { isAuthorized: false };
  return { isAuthorized: true, context: toIdentityContext(identification.identity) };
}

function toPolicy(
  identification: Exclude<Identification, { outcome: 'missing' }>,
  methodArn: string,
): PolicyResponse {
  const identified = identification.outcome === 'identified';
  const identity: Identity = identified ? identification.identity : { userId: 'unknown' };
  return {
    principalId: encodeURIComponent(identity.userId),
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: identified ? 'Allow' : 'Deny',
          Resource: methodArn,
        },
      ],
    },
    context: toIdentityContext(identity),
  };
}

/** Browsers cannot set headers on a WebSocket: the token rides in the query or the sub-protocol. */
function credentialsOf({
  headers,
  queryStringParameters: query,
}: z.infer<typeof authorizerEventSchema>): Credentials {
  const bearer = headerOf(headers, 'authorization')?.match(/^bearer (.+)$/i)?.[1];
  const subprotocol = headerOf(headers, 'sec-websocket-protocol')
    ?.split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(BEARER_SUBPROTOCOL_PREFIX))
    ?.slice(BEARER_SUBPROTOCOL_PREFIX.length);
  const token = query.token ?? subprotocol ?? bearer;
  const { userId } = query;
  return {
    ...(token === undefined || token === '' ? {} : { token }),
    ...(userId === undefined ? {} : { userId }),
  };
}
