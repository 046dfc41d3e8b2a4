import type { IncomingMessage } from 'node:http';
import type { ConnectionFacts, UpgradeRequest } from './events.ts';
import { headerValue, readHeaders, readQuery, sourceIpOf, splitUrl } from './request-parts.ts';

export interface DescribedUpgrade extends UpgradeRequest {
  identity: ConnectionFacts['identity'];
}

const HOP_BY_HOP = /^(connection|upgrade)$/i;

/** Reads an upgrade request as the events show it: without hop-by-hop headers, with the proxy's own. */
export function describeUpgrade(request: IncomingMessage, traceId: string): DescribedUpgrade {
  const sent = Object.entries(readHeaders(request)).filter(([name]) => !HOP_BY_HOP.test(name));
  const sourceIp = sourceIpOf(request);
  const headers = {
    ...Object.fromEntries(sent),
    'X-Amzn-Trace-Id': [traceId],
    'X-Forwarded-For': [sourceIp],
    'X-Forwarded-Port': [String(request.socket.localPort ?? '')],
    'X-Forwarded-Proto': ['http'],
  };
  const userAgent = headerValue(headers, 'User-Agent');
  return {
    headers,
    query: readQuery(splitUrl(request.url).query),
    identity: { sourceIp, ...(userAgent !== undefined && { userAgent }) },
  };
}

/** Whether the request asks for a WebSocket in the way of RFC 6455. */
export function isWebSocketUpgrade({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    /^[+/0-9A-Za-z]{22}==$/.test(headers['sec-websocket-key'] ?? '') &&
    headers['sec-websocket-version'] === '13'
  );
}

export function offeredProtocols({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
}
