/**
 * What a function asks of tables, noticed from inside its environment: its calls go straight to the
 * engine, which measures nothing. Runs in the worker thread; imports nothing but Node.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { unitsOf } from './table-units.ts';

export interface TableUse {
  tableName: string;
  /** By the sizes of requests and answers: near to what AWS bills, and not the same. */
  readUnits: number;
  writeUnits: number;
  readThrottles: number;
  writeThrottles: number;
}

const TARGET = /^DynamoDB_\d+\.(\w+)$/;

/** Errors by which DynamoDB says that it was asked too much. */
const THROTTLED =
  /ProvisionedThroughputExceeded|ThrottlingException|ThrottlingError|RequestLimitExceeded/;

/** Notices calls from now on. @returns what takes those since the last time, one use for each table */
export function observeTableUses(): () => TableUse[] {
  let uses = new Map<string, TableUse>();

  subscribe('http.client.request.created', (message) => {
    const { request } = message as { request: ClientRequest };
    const operation = TARGET.exec(String(request.getHeader('x-amz-target') ?? ''))?.[1];
    if (operation !== undefined) observe(request, operation);
  });

  function observe(request: ClientRequest, operation: string): void {
    let body = '';
    const { end } = request;
    request.end = ((...parameters: Parameters<ClientRequest['end']>) => {
      const [chunk] = parameters as unknown[];
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) body = String(chunk);
      return end.apply(request, parameters);
    }) as ClientRequest['end'];
    request.prependOnceListener('response', (response: IncomingMessage) => {
      if (response.statusCode === 200) {
        note(operation, body, Number(response.headers['content-length'] ?? 0), false);
      } else if (response.statusCode === 400) {
        readAlong(response, (answer) => {
          if (THROTTLED.test(answer)) note(operation, body, 0, true);
        });
      }
    });
  }

  function note(operation: string, body: string, answerBytes: number, isThrottled: boolean): void {
    for (const { tableName, reads, writes, items } of unitsOf(operation, body, answerBytes)) {
      const use = uses.get(tableName) ?? noUseOf(tableName);
      uses.set(tableName, use);
      if (!isThrottled) {
        use.readUnits += reads;
        use.writeUnits += writes;
      } else if (writes > 0) use.writeThrottles += items;
      else use.readThrottles += items;
    }
  }

  return () => {
    if (uses.size === 0) return [];
    const taken = [...uses.values()];
    uses = new Map();
    return taken;
  };
}

const noUseOf = (tableName: string): TableUse => ({
  tableName,
  readUnits: 0,
  writeUnits: 0,
  readThrottles: 0,
  writeThrottles: 0,
});

/** Hears what goes to the response's reader, without becoming one: a second reader would take from it. */
function readAlong(response: IncomingMessage, onEnd: (text: string) => void): void {
  const push = response.push.bind(response);
  let text = '';
  response.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null) onEnd(text);
    else text += String(chunk);
    return push(chunk, encoding);
  };
}
