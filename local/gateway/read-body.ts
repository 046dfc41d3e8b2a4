import type { IncomingMessage } from 'node:http';

export type RequestBody = Buffer | 'too-large' | 'aborted';

/**
 * Reads a request body and calls `done` once. A body over `maxBytes` is reported as soon as it is
 * known to be, and its rest is read and thrown away, so that the client gets to see the answer.
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  done: (body: RequestBody) => void,
): void {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let isDone = false;

  function finish(body: RequestBody): void {
    if (isDone) return;
    isDone = true;
    chunks = [];
    done(body);
  }

  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) finish('too-large');
    else chunks.push(chunk);
  });
  request.on('end', () => {
    const only = chunks[0];
    finish(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
  });
  request.on('close', () => finish('aborted'));
  request.on('error', () => finish('aborted'));
}
