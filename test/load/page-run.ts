import type { Browser, Page } from 'playwright-core';
import { watchCpu } from '../page/watch-cpu.ts';
import { fillLog } from './fill-log.ts';

interface PageRunOptions {
  browser: Browser;
  /** `ws://…/live` */
  url: string;
  onProgress: (line: string) => void;
}

const SCROLL_SECONDS = 5;
const KEY_EVERY_MS = 100;
const PATIENCE_MS = 10 * 60_000;

async function open({ browser, url }: PageRunOptions, as: string, roomId: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en' });
  page.setDefaultTimeout(PATIENCE_MS);
  const origin = new URL(url.replace('ws', 'http')).origin;
  await page.goto(`${origin}/?as=${as}#/rooms/${roomId}`);
  await page.getByRole('complementary').getByText(as, { exact: true }).waitFor();
  return page;
}

/** Back to the first message, and then up and down through all of them as fast as frames come. */
export async function readLongRoom(options: PageRunOptions & { roomId: string }) {
  const { roomId, onProgress } = options;
  const page = await open(options, 'Reader', roomId);
  const scroller = page.getByRole('region', { name: `Messages in ${roomId}` });
  await scroller.focus();
  onProgress('Going back to the first message …');
  const startedAt = performance.now();
  const first = page.getByText(`This is where ${roomId} begins.`);
  while ((await first.count()) === 0) await page.keyboard.press('Home');
  const loadedMs = Math.round(performance.now() - startedAt);

  onProgress('Scrolling through all of them …');
  const scrolled = (await page.evaluate(`(async () => {
    const scroller = document.querySelector('[data-virtuoso-scroller]');
    const frames = [];
    let rows = 0;
    let before = performance.now();
    const start = before;
    const length = scroller.scrollHeight - scroller.clientHeight;
    while (performance.now() - start < ${SCROLL_SECONDS * 1_000}) {
      const share = (performance.now() - start) / ${SCROLL_SECONDS * 1_000};
      scroller.scrollTop = length * (share < 0.5 ? 2 * share : 2 - 2 * share);
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      frames.push(now - before);
      before = now;
      rows = Math.max(rows, scroller.querySelectorAll('article').length);
    }
    frames.sort((a, b) => a - b);
    const at = (share) => Math.round(frames[Math.floor(share * (frames.length - 1))]);
    return { height: Math.round(length), framesPerSecond: Math.round(frames.length / ${SCROLL_SECONDS}),
      frameP50Ms: at(0.5), frameP99Ms: at(0.99), rowsMax: rows };
  })()`)) as Record<'height' | 'framesPerSecond' | 'frameP50Ms' | 'frameP99Ms' | 'rowsMax', number>;
  await page.close();
  return { loadedMs, ...scrolled };
}

/**
 * Keys are pressed while messages arrive; from the press to the paint is what the browser measures.
 * They are stored past the send function, so that it is the page that is tried.
 */
export async function typeDuringBurst(
  options: PageRunOptions & { endpoint: string; rate: number; seconds: number },
) {
  const { endpoint, rate, seconds, onProgress } = options;
  const roomId = 'burst';
  const page = await open(options, 'Typist', roomId);
  await page.getByRole('main').getByRole('textbox').focus();
  await page.evaluate(`(() => {
    window.keys = [];
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) {
        if (name === 'keydown') window.keys.push(duration);
      }
    }).observe({ type: 'event', durationThreshold: 16 });
  })()`);

  const cpuMs = await watchCpu(page);

  onProgress(`${rate} messages a second for ${seconds} s …`);
  const total = rate * seconds;
  const startedAt = performance.now();
  let keys = 0;
  let isSending = true;
  const sent = (async () => {
    for (let stored = 0; stored < total; ) {
      const elapsedMs = performance.now() - startedAt;
      const due = Math.min(total, Math.ceil((elapsedMs / 1_000) * rate));
      const numbers = { from: stored + 1, count: due, sentAt: Date.now(), batchesAtOnce: 1 };
      await fillLog({ endpoint, roomId, ...numbers, onProgress: () => {} });
      stored = due;
    }
    isSending = false;
    return performance.now() - startedAt;
  })();
  while (isSending) {
    await page.keyboard.press('a', { delay: KEY_EVERY_MS });
    keys += 1;
  }
  const storedPerSecond = Math.round(total / ((await sent) / 1_000));

  // What the page shows is in the order of the numbers: the last row has the last message.
  await page.getByRole('main').getByText(`message ${total}`, { exact: true }).waitFor();
  const shown = (await page.evaluate(
    `1 + Math.max(...[...document.querySelectorAll('[data-index]')].map(
      (row) => Number(row.getAttribute('data-index'))))`,
  )) as number;
  const cpuMsPerMessage = Number(((await cpuMs()) / total).toFixed(2));
  const slow = (await page.evaluate('window.keys')) as number[];
  await page.close();
  return {
    offeredPerSecond: rate,
    storedPerSecond,
    messages: total,
    missing: total - shown,
    /** Of the page's main thread, typing included: what another load of the machine does not change. */
    cpuMsPerMessage,
    keys,
    slowestKeyMs: Math.round(Math.max(0, ...slow)),
    keysAbove50Ms: slow.filter((duration) => duration > 50).length,
  };
}
