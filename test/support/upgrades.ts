import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** Answers an upgrade with a status, or, without one, ends the connection without an answer. */
export function refuseUpgrade(socket: Duplex, status: number | undefined): void {
  if (status === undefined) {
    socket.destroy();
    return;
  }
  const reason = STATUS_CODES[status] ?? 'Refused';
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Opens the socket, with that sub-protocol if it is not empty. */
export function acceptUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocol: string,
  onOpen: (client: WebSocket) => void,
): void {
  const front = new WebSocketServer({
    noServer: true,
    handleProtocols: () => protocol || false,
  });
  front.handleUpgrade(request, socket, head, onOpen);
}
