import type { AuthorizerModel } from '../template/model.ts';
import type { Integrate, IntegrationResult } from './integration.ts';
import { isJsonObject } from './json.ts';
import { evaluatePolicy } from './policy.ts';

export type AuthorizerVerdict =
  | { status: 'allowed'; principalId: string; context: Record<string, unknown> }
  /** An identity source is missing, or the function threw exactly `Unauthorized`: 401. */
  | { status: 'unauthorized' }
  /** 403. */
  | { status: 'denied' }
  /** The function failed, was late, or returned what is no authorizer result: 500. */
  | { status: 'broken' };

export interface AuthorizerCall {
  authorizer: AuthorizerModel;
  /** The value of an identity source, undefined when the request has none. */
  identity: (source: string) => string | undefined;
  /** Called only when every identity source is there; gets their values. */
  event: (identities: string[]) => unknown;
  /** The resource that the policy has to allow. */
  arn: string;
  /** HTTP APIs also take `{ isAuthorized, context }`; WebSocket APIs take IAM policies only. */
  simpleResponses: boolean;
}

export interface AuthorizerLimits {
  authorizerTimeoutMs: number;
  authorizerResultBytes: number;
}

/** Asks a Lambda authorizer. Nothing is cached: a WebSocket API never does, one call per connection. */
export async function authorize(
  call: AuthorizerCall,
  integrate: Integrate,
  limits: AuthorizerLimits,
): Promise<AuthorizerVerdict> {
  const identities: string[] = [];
  for (const source of call.authorizer.identitySources) {
    const value = call.identity(source);
    if (value === undefined || value === '') return { status: 'unauthorized' };
    identities.push(value);
  }
  const result = await integrate(
    call.authorizer.functionId,
    call.event(identities),
    limits.authorizerTimeoutMs,
  );
  return readVerdict(result, call, limits.authorizerResultBytes);
}

function readVerdict(
  result: IntegrationResult,
  call: AuthorizerCall,
  maxBytes: number,
): AuthorizerVerdict {
  if (result.status === 'function-error' && result.message === 'Unauthorized') {
    return { status: 'unauthorized' };
  }
  if (result.status !== 'returned' || !isJsonObject(result.payload)) return { status: 'broken' };
  if (Buffer.byteLength(JSON.stringify(result.payload)) > maxBytes) return { status: 'broken' };

  const { isAuthorized, principalId, policyDocument, context = {} } = result.payload;
  if (!isJsonObject(context)) return { status: 'broken' };
  if (call.simpleResponses && typeof isAuthorized === 'boolean') {
    return isAuthorized ? { status: 'allowed', principalId: '', context } : { status: 'denied' };
  }
  if (typeof principalId !== 'string') return { status: 'broken' };
  switch (evaluatePolicy(policyDocument, call.arn)) {
    case 'allow':
      return { status: 'allowed', principalId, context };
    case 'deny':
      return { status: 'denied' };
    case 'malformed':
      return { status: 'broken' };
  }
}

/**
 * The authorizer's context as a WebSocket event carries it: every value a string. Undefined when a
 * value is an object or an array, which API Gateway refuses as a misconfigured authorizer.
 */
export function stringifyContext(
  context: Record<string, unknown>,
): Record<string, string> | undefined {
  const strings: Record<string, string> = {};
  for (const [key, value] of Object.entries(context)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'object') return undefined;
    strings[key] = String(value);
  }
  return strings;
}
