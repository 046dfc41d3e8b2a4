import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Answers an upgrade with a plain HTTP response and ends the socket. What the client has sent already
 * is read and thrown away: unread bytes would turn the close into a reset, and the answer be lost.
 */
export function refuseUpgrade(socket: Duplex, status: number, body?: Record<string, string>): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}`,
    'Connection: close',
    ...(body === undefined ? [] : ['Content-Type: application/json']),
    `Content-Length: ${Buffer.byteLength(text)}`,
  ];
  socket.resume();
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}`);
}
