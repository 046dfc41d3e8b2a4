import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { synthesizedApp, temporaryDirectory } from '../support/assembly.ts';
import { type LocalProcess, startLocalProcess } from '../support/local-process.ts';
import { type SocketProxy, startSocketProxy } from '../support/socket-proxy.ts';
import { freshRoom, setUpVisits, type Visit, type VisitOptions } from './visits.ts';

let assembly: ReturnType<typeof temporaryDirectory>;
let data: ReturnType<typeof temporaryDirectory>;
let stack: LocalProcess;
let proxy: SocketProxy;

/** Also one that a test did not live to see. */
const started: Promise<LocalProcess>[] = [];

function start(): Promise<LocalProcess> {
  const where = ['--assembly', assembly.path, '--data', data.path];
  const starting = startLocalProcess([...where, '--stream-poll', '50']);
  started.push(starting);
  return starting;
}

beforeAll(async () => {
  assembly = await synthesizedApp();
  data = temporaryDirectory();
  stack = await start();
  proxy = await startSocketProxy(stack.url);
}, 120_000);
afterAll(async () => {
  await proxy?.stop();
  for (const starting of started) await starting.then(({ stop }) => stop()).catch(() => {});
  data?.remove();
  assembly?.remove();
});

const { visit, join } = setUpVisits(() => stack.url);

/** Always draws the longest wait before the next attempt: half a second, one, two, four … */
const unlucky: VisitOptions = {
  prepare: (page) => page.addInitScript('Math.random = () => 0.99'),
};

describe('a page that loses its connection', () => {
  it('says so, keeps what is written, and misses nothing', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room, through: proxy, ...unlucky });
    const ben = await visit({ as: 'Ben', room });
    await ben.say('before');
    await ann.sees('before');

    proxy.rules({ admit: () => 'refuse' });
    proxy.cut('terminate');
    await ann.page.getByText('No connection.').waitFor();
    await ann.page.getByText(/^Next attempt in \d+ s\.$/).waitFor();
    await ann.say('written offline');
    await ann.page.getByText('Waits for the connection').waitFor();
    await ben.say('missed one');
    await ben.say('missed two');
    await ben.sees('missed two');
    expect(await ben.texts()).toEqual(['before', 'missed one', 'missed two']);

    await longWait(ann);
    proxy.rules();
    await ann.page.getByRole('button', { name: 'Retry now' }).click();
    await ann.sees('missed two');
    await ben.sees('written offline');
    await ann.page.getByText('No connection.').waitFor({ state: 'detached' });
    await ann.page.getByText('Waits for the connection').waitFor({ state: 'detached' });
    const all = ['before', 'missed one', 'missed two', 'written offline'];
    expect(await ann.texts()).toEqual(all);
    await ann.page.getByText('2 messages while you were away').waitFor();
    expect(await ben.texts()).toEqual(all);
  }, 60_000);

  it('is calm about a short break', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room, through: proxy });
    const opened = proxy.connections;
    const wasShown = ann.page.evaluate(watchForNotice);
    proxy.cut('terminate');
    await ann.say('still here');
    await ann.receives('still here');
    expect(proxy.connections).toBeGreaterThan(opened);
    await ann.page.evaluate('window.stopWatching()');
    expect(await wasShown).toBe(false);
  });

  it('sends after a reload what was not sent before', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room, through: proxy });
    const ben = await visit({ as: 'Ben', room });
    proxy.rules({ admit: () => 'refuse' });
    proxy.cut('terminate');
    await ann.say('kept over the reload');
    await ann.page.getByText('Waits for the connection').waitFor();
    await ann.page.reload();
    proxy.rules();
    await ben.sees('kept over the reload');
    await ann.sees('kept over the reload');
    expect(await ann.texts()).toEqual(['kept over the reload']);
  });

  it('changes an ageing connection without a word', async () => {
    const room = freshRoom();
    const before = proxy.connections;
    const config = { maxAgeMs: 1_500 };
    const ann = await visit({ as: 'Ann', room, through: proxy, config });
    const wasShown = ann.page.evaluate(watchForNotice);
    const ben = await join('Ben', room);
    const said: string[] = [];
    while (proxy.connections < before + 4) {
      said.push(`number ${said.length + 1}`);
      await ben.request({ action: 'send', roomId: room, text: said.at(-1) });
      await ann.sees(said.at(-1) ?? '');
    }
    await ann.page.evaluate('window.stopWatching()');
    expect(await wasShown).toBe(false);
    expect(await ann.page.getByText('while you were away').count()).toBe(0);
    const shown = await ann.texts();
    expect(shown).toEqual(said.slice(-shown.length));
  });

  it('goes on after the stack was killed and started again', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room, through: proxy, ...unlucky });
    await ann.say('before the crash');
    await ann.receives('before the crash');
    await stack.kill();
    await ann.say('during the crash');
    await ann.page.getByText('No connection.').waitFor();
    stack = await start();
    await longWait(ann);
    proxy.target(stack.url);
    await ann.page.getByRole('button', { name: 'Retry now' }).click();
    await ann.page.getByText('No connection.').waitFor({ state: 'detached' });
    await ann.page.getByText('Waits for the connection').waitFor({ state: 'detached' });
    const ben = await visit({ as: 'Ben', room });
    await ben.sees('during the crash');
    expect(await ben.texts()).toEqual(['before the crash', 'during the crash']);
  }, 120_000);

  it('tells plainly that the server has lost what was said', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room, through: proxy, ...unlucky });
    for (const text of ['one', 'two', 'three']) await ann.say(text);
    await ann.receives('three');
    await stack.kill();
    data.remove();
    stack = await start();
    await longWait(ann);
    proxy.target(stack.url);
    await ann.page.getByRole('button', { name: 'Retry now' }).click();
    const told = ann.page.getByText(/^Messages from before this point are gone/);
    await told.waitFor();
    await ann.say('anew');
    await ann.sees('anew');
    await told.waitFor();
    expect(await ann.texts()).toEqual(['anew']);
  }, 120_000);
});

/** Resolves when the next attempt is so far away that a click on "Retry now" comes before it. */
const longWait = ({ page }: Visit) =>
  page.getByText(/^Next attempt in ([3-9]|\d\d) s\.$/).waitFor();

/** Resolves, when `stopWatching` is called, with whether the notice was ever there. */
const watchForNotice = `new Promise((resolve) => {
  let wasShown = false;
  const look = () => { wasShown ||= document.body.textContent.includes('No connection.'); };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  window.stopWatching = () => { look(); observer.disconnect(); resolve(wasShown); };
})`;
