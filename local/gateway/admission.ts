import type { WebSocketApiModel, WebSocketRouteModel } from '../template/model.ts';
import { type AuthorizerLimits, authorize, stringifyContext } from './authorizer.ts';
import type { ConnectionFacts, UpgradeRequest, WebSocketEvents } from './events.ts';
import { readIdentitySource } from './identity-sources.ts';
import type { Integrate } from './integration.ts';
import { isJsonObject } from './json.ts';
import { headerValue, type MultiValue } from './request-parts.ts';
import type { MeasureSocket } from './socket-measures.ts';

export interface AdmissionDeps {
  api: WebSocketApiModel;
  integrate: Integrate;
  /** The same for `$connect`. */
  connect: Integrate;
  events: WebSocketEvents;
  limits: AuthorizerLimits;
  measure: MeasureSocket;
}

export interface Applicant {
  facts: ConnectionFacts;
  upgrade: UpgradeRequest;
  /** Whether the client has given up waiting. */
  hasLeft: () => boolean;
}

export type Admission =
  /** `$connect` has succeeded: from here on the connection is owed its `$disconnect`. */
  | { status: 'connected'; facts: ConnectionFacts; protocol: string | undefined }
  | { status: 'refused'; httpStatus: number }
  | { status: 'left' };

type Authorized = { refused: number } | { refused?: never; facts: ConnectionFacts };

/** Asks the authorizer and then `$connect` whether a client may come in. */
export function createAdmission(deps: AdmissionDeps): (applicant: Applicant) => Promise<Admission> {
  const connectRoute = deps.api.routes.find(({ routeKey }) => routeKey === '$connect');

  async function askAuthorizer({ facts, upgrade }: Applicant): Promise<Authorized> {
    const authorizer = connectRoute?.authorizer;
    if (authorizer === undefined) return { facts };

    const event = deps.events.authorize(facts, upgrade);
    const scope = { ...upgrade, context: event.requestContext };
    const verdict = await authorize(
      {
        authorizer,
        identity: (source) => readIdentitySource(source, scope),
        event: () => event,
        arn: event.methodArn,
        simpleResponses: false,
      },
      deps.integrate,
      deps.limits,
    );
    if (verdict.status === 'unauthorized') return { refused: 401 };
    if (verdict.status === 'denied') return { refused: 403 };
    if (verdict.status === 'broken') return { refused: 500 };
    const context = stringifyContext(verdict.context);
    if (context === undefined) return { refused: 500 };
    return { facts: { ...facts, authorizer: { ...context, principalId: verdict.principalId } } };
  }

  async function runConnect(
    route: WebSocketRouteModel,
    facts: ConnectionFacts,
    upgrade: UpgradeRequest,
  ): Promise<Admission> {
    const event = deps.events.connect(facts, upgrade);
    deps.measure('ConnectCount', 1);
    const result = await deps.connect(route.functionId, event, route.integrationTimeoutMs);
    if (result.status !== 'returned' || !isJsonObject(result.payload)) {
      return { status: 'refused', httpStatus: 502 };
    }
    const status = Number(result.payload.statusCode);
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      return { status: 'refused', httpStatus: 502 };
    }
    if (status >= 300) return { status: 'refused', httpStatus: status };
    const protocol = headerValue(returnedHeaders(result.payload), 'Sec-WebSocket-Protocol');
    return { status: 'connected', facts, protocol };
  }

  return async (applicant) => {
    const authorized = await askAuthorizer(applicant);
    if (authorized.refused !== undefined) {
      if (authorized.refused < 500) deps.measure('ClientError', 1);
      return { status: 'refused', httpStatus: authorized.refused };
    }
    if (applicant.hasLeft()) return { status: 'left' };
    if (connectRoute === undefined) {
      return { status: 'connected', facts: authorized.facts, protocol: undefined };
    }
    return runConnect(connectRoute, authorized.facts, applicant.upgrade);
  };
}

function returnedHeaders(payload: Record<string, unknown>): MultiValue {
  const headers: MultiValue = {};
  for (const source of [payload.headers, payload.multiValueHeaders]) {
    if (!isJsonObject(source)) continue;
    for (const [name, value] of Object.entries(source)) {
      headers[name] = (Array.isArray(value) ? value : [value]).map(String);
    }
  }
  return headers;
}
