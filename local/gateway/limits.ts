/** What the platform allows, with its default quotas; a "(ours)" is a choice where AWS publishes none. */
export interface GatewayLimits {
  /** Account throttle, shared by inbound messages, `@connections` calls and HTTP API requests. */
  requestsPerSecond: number;
  requestBurst: number;
  /** New WebSocket connections; over it the upgrade is answered with 429. */
  newConnectionsPerSecond: number;
  newConnectionBurst: number;
  /** One message, in either direction. Inbound over it closes with 1009, a post gets 413. */
  messageBytes: number;
  /** One WebSocket frame from a client. */
  frameBytes: number;
  idleTimeoutMs: number;
  maxConnectionAgeMs: number;
  /** Bytes waiting for a slow client before posts to it get 429 (ours). */
  outboundBufferBytes: number;
  /** Messages of one connection in progress at once; the socket is paused beyond (ours). */
  messagesInProgressPerConnection: number;
  authorizerTimeoutMs: number;
  authorizerResultBytes: number;
  /** Body of an HTTP API request. */
  httpPayloadBytes: number;
  /** How long `close` waits for clients to answer the closing handshake (ours). */
  closeHandshakeMs: number;
  /** How long `close` waits for invocations in progress, all in all (ours). */
  drainMs: number;
}

export const DEFAULT_LIMITS: GatewayLimits = {
  requestsPerSecond: 10_000,
  requestBurst: 5_000,
  newConnectionsPerSecond: 500,
  newConnectionBurst: 500,
  messageBytes: 128 * 1024,
  frameBytes: 32 * 1024,
  idleTimeoutMs: 10 * 60_000,
  maxConnectionAgeMs: 2 * 60 * 60_000,
  outboundBufferBytes: 1024 * 1024,
  messagesInProgressPerConnection: 32,
  authorizerTimeoutMs: 29_000,
  authorizerResultBytes: 8 * 1024,
  httpPayloadBytes: 10 * 1024 * 1024,
  closeHandshakeMs: 1_000,
  drainMs: 5_000,
};
