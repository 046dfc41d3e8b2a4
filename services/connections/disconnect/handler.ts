import type { Connections, Memberships } from '../../../shared/domain/ports.ts';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import { parseDisconnectEvent } from '../../../shared/lambda/socket-event.ts';

export interface DisconnectDependencies {
  memberships: Pick<Memberships, 'removeConnections'>;
  connections: Pick<Connections, 'remove'>;
  log: Log;
  metrics: MetricsOf<'disconnect'>;
}

/**
 * `$disconnect` → no trace of the connection. Best effort, as the event itself is: what is missed
 * here, the next delivery finds gone, and TTL after that.
 */
export function createDisconnectHandler(dependencies: DisconnectDependencies) {
  const { memberships, connections, log, metrics } = dependencies;

  return async (event: unknown): Promise<{ statusCode: 200 }> => {
    const { connectionId, code, reason, lastedMs } = parseDisconnectEvent(event);
    await memberships.removeConnections([connectionId]);
    await connections.remove([connectionId]);
    log.info('disconnected', { connectionId, code, reason, lastedMs });
    metrics.emit({ ended: 1, connectionMinutes: lastedMs / 60_000 });
    return { statusCode: 200 };
  };
}
