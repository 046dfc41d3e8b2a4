/**
 * Records the frames of one protocol version: `node test/conformance/record-corpus.ts > corpus.jsonl`.
 * What is in the corpus stays as it was recorded; a new version of the protocol gets a file of its own.
 */

import { openSocket } from '../support/chat-socket.ts';
import type { LocalProcess } from '../support/local-process.ts';
import { startLocalProcess } from '../support/local-process.ts';
import { type ProxyEvent, startSocketProxy } from '../support/socket-proxy.ts';
import type { CorpusLine } from './corpus.ts';

/** Everything that a client of the version may say, and what makes the server say all it can. */
async function play(url: string): Promise<void> {
  const ann = await openSocket(url, { userId: 'ann' });
  await ann.request({ action: 'join', roomId: 'red' });
  const ben = await openSocket(url, { userId: 'ben', roomId: 'red' });
  await ann.find(({ type, joined }) => type === 'presence' && joined !== undefined);

  await ann.request({ action: 'send', roomId: 'red', text: 'hello' });
  const send = {
    action: 'send',
    roomId: 'red',
    text: 'Grüße 😀',
    data: { list: [1, 2.5, null, true], nested: { a: 'b' } },
    clientMessageId: 'first',
  };
  await ann.request(send);
  await ann.request(send);
  await ben.request({ action: 'send', roomId: 'red', text: 'hello too' });
  await ann.messages('red', 3);
  await ben.messages('red', 3);

  await ann.request({ action: 'history', roomId: 'red' });
  await ann.request({ action: 'history', roomId: 'red', after: 0, limit: 2 });
  await ann.request({ action: 'history', roomId: 'red', before: 3 });
  await ann.request({ action: 'presence', roomId: 'red' });
  ann.send({ action: 'typing', roomId: 'red' });
  await ben.find(({ type }) => type === 'typing');
  await ann.request({ action: 'ping' });
  await ann.request({ action: 'ping', rooms: { red: 1 } });

  await ben.request({ action: 'leave', roomId: 'red' });
  await ben.request({ action: 'join', roomId: 'red', since: 1 });
  await ben.request({ action: 'join', roomId: 'red', since: 99 });
  await ben.request({ action: 'resume', rooms: { red: 1, blue: 0 } });
  await ben.request({ action: 'resume', rooms: { red: 99 } });

  await ann.request({ action: 'fly' });
  await ann.request({ action: 'join' });
  await ann.request({ action: 'send', roomId: 'green', text: 'x' });
  ann.send('{"action":');
  await ann.find(({ code }) => code === 'BAD_JSON');
  ann.close();
  ben.close();
}

/** An operator's order makes the server say `goaway`. */
async function drain(stack: LocalProcess, url: string): Promise<void> {
  const cat = await openSocket(url, { userId: 'cat' });
  const { origin } = new URL(stack.url.replace('ws', 'http'));
  await fetch(`${origin}/2015-03-31/functions/ConnectionsDrain/invocations`, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 local' },
    body: '{"retryWindowMs":1000}',
  });
  await cat.find(({ type }) => type === 'goaway');
  cat.close();
}

function toLine(event: ProxyEvent): CorpusLine[] {
  if (!('body' in event) || event.event !== 'passed') return [];
  const { connection, direction, body } = event;
  // What is not JSON has no place in a line of JSON; the answer to it has.
  if (direction === 'up' && body.action === undefined) return [];
  return [{ connection, from: direction === 'up' ? 'client' : 'server', frame: body }];
}

const stack = await startLocalProcess(['--memory', '--stream-poll', '20']);
const proxy = await startSocketProxy(stack.url);
try {
  await play(proxy.url);
  await drain(stack, proxy.url);
  for (const line of proxy.log.events.flatMap(toLine)) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
} finally {
  await proxy.stop();
  await stack.stop();
}
