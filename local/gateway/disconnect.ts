import type { WebSocketApiModel } from '../template/model.ts';
import type { Trace } from '../trace.ts';
import type { ConnectionFacts, WebSocketEvents } from './events.ts';
import type { GatewayFaults } from './faults.ts';
import type { Integrate } from './integration.ts';

export type Disconnect = (facts: ConnectionFacts, code: number, reason: string) => Promise<void>;

/** Connection gone → `$disconnect`, best effort: tried once, its result is ignored. */
export function createDisconnect(deps: {
  api: WebSocketApiModel;
  integrate: Integrate;
  events: WebSocketEvents;
  faults: GatewayFaults;
  random: () => number;
  trace: Trace | undefined;
}): Disconnect {
  const route = deps.api.routes.find(({ routeKey }) => routeKey === '$disconnect');

  return async (facts, code, reason) => {
    deps.trace?.('disconnect', `${facts.connectionId} ${code} ${reason}`);
    if (route === undefined) return;
    const { dropDisconnect = 0 } = deps.faults;
    if (dropDisconnect > 0 && deps.random() < dropDisconnect) return;
    const event = deps.events.disconnect(facts, code, reason);
    await deps.integrate(route.functionId, event, route.integrationTimeoutMs);
  };
}
