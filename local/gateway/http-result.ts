import type { IntegrationResult } from './integration.ts';
import { isJsonObject } from './json.ts';

export interface HttpAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  cookies: string[];
  body: string | Buffer;
}

/** An answer that the gateway gives itself. */
export function platformAnswer(status: number, message: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    cookies: [],
    body: JSON.stringify({ message }),
  };
}

/**
 * Reads what a function returned, in payload format 2.0: with a `statusCode` it is a response; without
 * one the whole value is the body of a 200. A function that is late or throttled gives 503, one that
 * fails or returns a malformed response 500.
 */
export function readHttpResult(result: IntegrationResult): HttpAnswer {
  if (result.status === 'timed-out' || result.status === 'throttled') {
    return platformAnswer(503, 'Service Unavailable');
  }
  if (result.status === 'function-error') return platformAnswer(500, 'Internal Server Error');

  const { payload } = result;
  if (!isJsonObject(payload) || payload.statusCode === undefined) {
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      cookies: [],
      body: typeof payload === 'string' ? payload : JSON.stringify(payload ?? null),
    };
  }
  return readResponse(payload) ?? platformAnswer(500, 'Internal Server Error');
}

function readResponse(payload: Record<string, unknown>): HttpAnswer | undefined {
  const { body, headers, cookies } = payload;
  const status = Number(payload.statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  if (headers !== undefined && headers !== null && !isJsonObject(headers)) return undefined;

  const text = body ?? '';
  return {
    status,
    headers: { 'content-type': 'text/plain;charset=UTF-8', ...lowerCase(headers ?? {}) },
    cookies: Array.isArray(cookies) ? cookies.map(String) : [],
    body: payload.isBase64Encoded === true ? Buffer.from(text, 'base64') : text,
  };
}

function lowerCase(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
