import { request } from 'node:http';
import { request as requestSecurely } from 'node:https';

const PROBE_TIMEOUT_MS = 2_000;

/** Resolves when an HTTP server answers at `endpoint`, with whatever status; rejects otherwise. */
export function probe(endpoint: string): Promise<void> {
  const url = new URL(endpoint);
  const send = url.protocol === 'https:' ? requestSecurely : request;
  return new Promise((resolve, reject) => {
    send(url, { agent: false, timeout: PROBE_TIMEOUT_MS })
      .once('response', (response) => {
        response.resume().once('close', resolve);
      })
      .once('timeout', function (this: { destroy(error: Error): void }) {
        this.destroy(new Error(`no answer within ${PROBE_TIMEOUT_MS} ms`));
      })
      .once('error', reject)
      .end();
  });
}
