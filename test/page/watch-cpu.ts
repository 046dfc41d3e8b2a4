import type { Page } from 'playwright-core';

/** The time in ms that the page's main thread has computed since the call, whatever else the machine does. */
export async function watchCpu(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskMs = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  const before = await taskMs();
  return async () => (await taskMs()) - before;
}

interface TraceEvent {
  name: string;
  pid: number;
  tid: number;
  /** Microseconds of computing. */
  tdur?: number;
}

/** The longest that the thread which handles the keys computed in one go while something was done. */
export async function longestTaskMs(page: Page, during: () => Promise<void>): Promise<number> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('Only a page of a browser can be traced.');
  await browser.startTracing(page, { categories: ['toplevel', 'devtools.timeline'] });
  await during();
  const trace: { traceEvents: TraceEvent[] } = JSON.parse((await browser.stopTracing()).toString());
  const key = trace.traceEvents.find(({ name }) => name === 'EventDispatch');
  if (key === undefined) throw new Error('No key was pressed meanwhile.');
  const tasks = trace.traceEvents.filter(({ pid, tid }) => pid === key.pid && tid === key.tid);
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000;
}
