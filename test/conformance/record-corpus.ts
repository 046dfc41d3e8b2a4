/**
 * Records the frames of one protocol version: `npm run record-corpus -- talk` and `… hole`, each into
 * a file. What is in the corpus stays as it was recorded; a new version of the protocol gets files of
 * its own.
 */
import { createSequencer } from '../../shared/aws/rooms-table.ts';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';
import { openEngineTables } from '../support/engine-tables.ts';
import { type OwnStack, startOwnStack } from '../support/local-stack.ts';
import { type ProxyEvent, startSocketProxy } from '../support/socket-proxy.ts';
import type { CorpusLine, Play } from './corpus.ts';

/** Everything that a client of the version may say, and what makes the server say all it can. */
async function talk(stack: OwnStack, url: string): Promise<void> {
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
  await drain(stack, url);
}

/** An operator's order makes the server say `goaway`. */
async function drain(stack: OwnStack, url: string): Promise<void> {
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

/** A sender takes number 2 and crashes before it stores; number 3 follows. */
async function hole(stack: OwnStack, url: string): Promise<void> {
  const roomId = 'red';
  const ann = await openSocket(url, { userId: 'ann' });
  await ann.request({ action: 'join', roomId });
  await ann.request({ action: 'send', roomId, text: 'before' });
  await ann.messages(roomId, 1);
  await takeNumber(stack, roomId);
  await ann.request({ action: 'send', roomId, text: 'after' });
  await ann.messages(roomId, 2);
  // Asked beside the proxy, so that the corpus holds no answers that only wait.
  const reader = await openSocket(stack.url, { userId: 'reader', roomId });
  await readAll(reader, roomId, 3);
  await ann.find((frame) => frame.type === 'messages' && /"void"/.test(JSON.stringify(frame)));

  await ann.request({ action: 'history', roomId });
  await ann.request({ action: 'history', roomId, after: 0 });
  await ann.request({ action: 'resume', rooms: { red: 0 } });
  const ben = await openSocket(url, { userId: 'ben' });
  await ben.request({ action: 'join', roomId, since: 1 });
  for (const socket of [ann, ben, reader]) socket.close();
}

async function takeNumber(stack: OwnStack, roomId: string): Promise<void> {
  const { client, names, close } = await openEngineTables(stack.dynamoDbEndpoint);
  const sequencer = createSequencer({
    client,
    table: names.ROOMS_TABLE,
    clock: Date,
    windowMaxMs: 2_000,
    retentionMs: 30 * 24 * 60 * 60 * 1_000,
  });
  await sequencer.next(roomId);
  close();
}

/** A hole is sealed for a reader once no sender can be that late any more. */
async function readAll(reader: ChatSocket, roomId: string, count: number): Promise<void> {
  const answer = await reader.request({ action: 'history', roomId, after: 0 });
  if ((answer.messages as unknown[]).length < count) await readAll(reader, roomId, count);
}

function toLine(event: ProxyEvent): CorpusLine[] {
  if (!('body' in event) || event.event !== 'passed') return [];
  const { connection, direction, body } = event;
  // What is not JSON has no place in a line of JSON; the answer to it has.
  if (direction === 'up' && body.action === undefined) return [];
  return [{ connection, from: direction === 'up' ? 'client' : 'server', frame: body }];
}

const plays: Record<Play, typeof talk> = { talk, hole };
const [play = ''] = process.argv.slice(2);
if (play !== 'talk' && play !== 'hole') {
  process.stderr.write(
    `Usage: npm run --silent record-corpus -- ${Object.keys(plays).join('|')}\n`,
  );
  process.exit(2);
}
const stack = await startOwnStack();
const proxy = await startSocketProxy(stack.url);
try {
  await plays[play](stack, proxy.url);
  for (const line of proxy.log.events.flatMap(toLine)) {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
} finally {
  await proxy.stop();
  await stack.stop();
}
