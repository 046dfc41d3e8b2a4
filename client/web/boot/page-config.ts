/** What a deployment tells the page, in `config.json` beside it: it is not built in. */
export interface PageConfig {
  /** Absolute, or a path on the page's own host. */
  webSocketUrl: string;
  identity: Identity;
  /** Connections are replaced before this age, where something cuts them earlier than after two hours. */
  maxAgeMs?: number;
  /** Pushed messages carry the times that they passed by. */
  travelTimes: boolean;
}

export type Identity =
  /** Everybody is who they say. */
  | { kind: 'open' }
  | {
      kind: 'oidc';
      issuer: string;
      clientId: string;
      /** Whom the tokens are for. The same as `clientId` means that the ID token is shown. */
      audience: string;
    };

/** @throws Error that names the field. */
export async function loadPageConfig(): Promise<PageConfig> {
  const response = await fetch('config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`config.json: the server answers ${response.status}`);
  return readPageConfig(await response.json());
}

/** @throws Error that names the field. */
export function readPageConfig(given: unknown): PageConfig {
  const config = asRecord('config.json', given);
  const identity = asRecord('identity', config.identity);
  const { maxAgeMs } = config;
  if (maxAgeMs !== undefined && typeof maxAgeMs !== 'number') {
    throw new Error('config.json: maxAgeMs must be a number of milliseconds');
  }
  return {
    webSocketUrl: text('webSocketUrl', config.webSocketUrl),
    identity: readIdentity(identity),
    travelTimes: config.travelTimes === true,
    ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
  };
}

/** `ws` for a page of `http`, `wss` for one of `https`. */
export function toWebSocketUrl(given: string, page: string): string {
  const url = new URL(given, page);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}

function readIdentity({ kind, issuer, clientId, audience }: Record<string, unknown>): Identity {
  if (kind === 'open') return { kind };
  if (kind !== 'oidc') throw new Error('config.json: identity.kind must be "open" or "oidc"');
  return {
    kind,
    issuer: text('identity.issuer', issuer),
    clientId: text('identity.clientId', clientId),
    audience: text('identity.audience', audience),
  };
}

function asRecord(field: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new Error(`${field === 'config.json' ? field : `config.json: ${field}`} must be an object`);
}

function text(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`config.json: ${field} must be a text`);
}
