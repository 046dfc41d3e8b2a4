import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type SocketProxy, startSocketProxy } from '../support/socket-proxy.ts';
import { chatUrl, freshRoom, setUpVisits, type Visit } from './visits.ts';
import { longestTaskMs, watchCpu } from './watch-cpu.ts';

const { open, visit } = setUpVisits();
let proxy: SocketProxy;
beforeAll(async () => {
  proxy = await startSocketProxy(chatUrl());
});
afterAll(() => proxy?.stop());

const FRAME_MESSAGES = 100;
/** What a screen holds, and what is kept ready above and below it: about 90. */
const ROWS_MAX = 200;
/** The same way takes about the same. */
const SCROLL_FACTOR_MAX = 3;
/** Of computing, whatever else the machine does meanwhile: what takes longer is felt. About 20 are usual. */
const TASK_MAX_MS = 100;

/**
 * Until somebody can type, on one of two cores. It leaves half of the second that is promised to the
 * network, to the server and to the browser's other threads. About 200 are usual.
 */
const ARRIVAL_MAX_MS = 500;

it('can be typed into after half a second of computing', async () => {
  let cpu = async () => Number.POSITIVE_INFINITY;
  const { field } = await open({
    as: 'Ann',
    room: freshRoom(),
    prepare: async (page) => {
      cpu = await watchCpu(page);
    },
  });
  await field.pressSequentially('hello');
  const cpuMs = await cpu();
  expect(await field.inputValue()).toBe('hello');
  expect(cpuMs).toBeLessThan(ARRIVAL_MAX_MS);
});

/** Messages of others that come to the page as if the stack had pushed them, at any rate. */
function createChatter(roomId: string) {
  let head = 0;
  return {
    get last() {
      return `message ${head}`;
    },
    push(count: number): void {
      const messages = Array.from({ length: count }, (_, index) => {
        const seq = head + 1 + index;
        const userId = ['Ben', 'Cleo', 'Dan'][Math.floor(seq / 4) % 3];
        const sentAt = new Date().toISOString();
        return { seq, messageId: `made-up-${seq}`, userId, text: `message ${seq}`, sentAt };
      });
      head += count;
      proxy.say({ type: 'messages', roomId, messages, head });
    },
  };
}

it('holds 100,000 messages, scrolls as with 1,000, and lets people type while 200 a second come', async () => {
  const room = freshRoom();
  const ann = await visit({ as: 'Ann', room, through: proxy });
  const chatter = createChatter(room);
  for (let count = 0; count < 1_000; count += FRAME_MESSAGES) chatter.push(FRAME_MESSAGES);
  await ann.sees(chatter.last);
  const inShortRoom = await scroll(ann.page);
  for (let count = 1_000; count < 100_000; count += FRAME_MESSAGES) chatter.push(FRAME_MESSAGES);
  await ann.page.getByRole('button', { name: /new messages$/ }).click();
  await ann.sees('message 100000');
  const inLongRoom = await scroll(ann.page);
  expect(inLongRoom.rowsMax).toBeLessThan(ROWS_MAX);
  expect(inLongRoom.cpuMs).toBeLessThan(SCROLL_FACTOR_MAX * inShortRoom.cpuMs);

  await ann.page.getByRole('button', { name: 'Newest messages' }).click();
  await ann.sees('message 100000');
  const burst = await typeDuring(ann, () => chatter.push(1), { count: 600, everyMs: 5 });
  await ann.sees('message 100600');
  expect(await ann.field.inputValue()).toBe(burst.typed);
  expect((await ann.texts()).at(-1)).toBe('message 100600');
  expect(burst.longestTaskMs).toBeLessThan(TASK_MAX_MS);
}, 60_000);

/**
 * Leaves the newest message for good: a list that has just jumped there corrects itself for a second
 * or so, and takes back with it whoever scrolls.
 */
const LEAVE_NEWEST = `(async () => {
  const scroller = document.querySelector('[data-virtuoso-scroller]');
  const fromNewest = () => scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  for (let framesAway = 0; framesAway < 120; framesAway += 1) {
    if (fromNewest() < 300) {
      framesAway = 0;
      scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -1, bubbles: true }));
      scroller.scrollTop -= 600;
    }
    await new Promise(requestAnimationFrame);
  }
})()`;

/** Up through some 25,000 px, a screen per frame: what the page computes, and how many rows it has. */
async function scroll(page: Page): Promise<{ cpuMs: number; rowsMax: number }> {
  await page.evaluate(LEAVE_NEWEST);
  const cpu = await watchCpu(page);
  const rowsMax = (await page.evaluate(`(async () => {
    const scroller = document.querySelector('[data-virtuoso-scroller]');
    scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: -1, bubbles: true }));
    let rows = 0;
    // A list that is still on its way to the newest message comes back down: that is no step.
    for (let steps = 0; steps < 40; ) {
      const before = scroller.scrollTop;
      scroller.scrollTop -= 600;
      await new Promise(requestAnimationFrame);
      rows = Math.max(rows, scroller.querySelectorAll('article').length);
      if (scroller.scrollTop < before) steps += 1;
    }
    return rows;
  })()`)) as number;
  return { cpuMs: await cpu(), rowsMax };
}

/** Keys go down all the while, as fast as they are taken. */
async function typeDuring(
  { page, field }: Visit,
  push: () => void,
  { count, everyMs }: { count: number; everyMs: number },
) {
  await field.focus();
  let typed = '';
  const longest = await longestTaskMs(page, async () => {
    const startedAt = performance.now();
    let pushed = 0;
    const timer = setInterval(() => {
      const due = Math.min(count, Math.floor((performance.now() - startedAt) / everyMs));
      for (; pushed < due; pushed += 1) push();
    }, everyMs);
    for (; pushed < count; typed += 'a') await page.keyboard.press('a');
    clearInterval(timer);
  });
  return { typed, longestTaskMs: longest };
}
