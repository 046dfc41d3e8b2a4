import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type {
  OpsAlarms,
  OpsDashboard,
  OpsSeries,
  OpsSeriesData,
  OpsWidget,
} from '../../local/ops/contract.ts';
import { formatTime, formatValue } from '../../local/ops/page/format.ts';
import { alarmsOf, widgetsOf } from '../infra/shown-metrics.ts';
import { synthesizeStacks } from '../infra/synthesized-stacks.ts';
import { violations } from './violations.ts';
import { freshRoom, setUpVisits, type VisitOptions } from './visits.ts';

const { open, join } = setUpVisits();
/** Which axis, and when, if not now. */
const NOTES = / right axis| at \d\d:\d\d/g;
const QUARTER_HOUR_MS = 15 * 60_000;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

async function openDashboard(options: VisitOptions = {}): Promise<Page> {
  const { page } = await open({ path: '/ops', ...options });
  await page.getByRole('heading', { name: 'Alarms' }).waitFor();
  return page;
}

/** Real traffic, and the answers of the stack after it, which are what the page gets from then on. */
async function afterSomeTraffic(page: Page) {
  const room = freshRoom();
  const ann = await join('Ann', room);
  await ann.request({ action: 'send', roomId: room, text: 'hello' });
  await ann.messages(room, 1);
  await legend(page, 'Deliveries (a minute)')
    .getByText(/^deliveries/)
    .waitFor();
  const dashboard = (await ask(page, 'dashboard')) as OpsDashboard;
  const data = (await ask(page, 'series')) as OpsSeriesData;
  await page.route('**/ops/data/series*', (route) => route.fulfill({ json: data }));
  await page.reload();
  await legend(page, 'Deliveries (a minute)')
    .getByText(/^deliveries/)
    .waitFor();
  return { dashboard, data };
}

const ask = (page: Page, what: string) =>
  page.evaluate(`fetch('/ops/data/${what}').then((response) => response.json())`);

const graph = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const legend = (page: Page, name: string) => graph(page, name).locator('ul').last();

type GraphWidget = Extract<OpsWidget, { kind: 'graph' }>;

const graphsOf = ({ widgets }: OpsDashboard) =>
  widgets.filter((widget): widget is GraphWidget => widget.kind === 'graph');

/** From now on these alarms ring, and no others. */
async function ring(page: Page, names: readonly string[]): Promise<void> {
  const { alarms } = (await ask(page, 'alarms')) as OpsAlarms;
  const told = alarms.map((alarm) =>
    names.some((name) => alarm.name.endsWith(`-${name}`))
      ? { ...alarm, state: 'ALARM', reason: 'It was said to ring.', since: Date.now() }
      : { ...alarm, state: 'OK' },
  );
  await page.route('**/ops/data/alarms', (route) => route.fulfill({ json: { alarms: told } }));
}

describe('the dashboard', () => {
  it('has every widget and alarm of the template, in its order', async () => {
    const { chat } = synthesizeStacks({ openAccess: true });
    const page = await openDashboard();
    const titles = widgetsOf(chat).map(
      ({ properties: { title, markdown } }) => title ?? /^## (.+)/.exec(markdown ?? '')?.[1],
    );
    const headings = await page.locator('main :is(h2, h3)').allTextContents();
    expect(headings).toEqual(titles);
    const names = await page
      .getByRole('region', { name: 'Alarms' })
      .locator('li')
      .allTextContents();
    const expected = [...alarmsOf(chat).map(({ AlarmName }) => AlarmName), 'roomcast-dev-page'];
    expect(names).toHaveLength(expected.length);
    for (const name of expected) {
      const short = name.replace('roomcast-dev-', '');
      expect(names.filter((text) => text.startsWith(short))).not.toEqual([]);
    }
  });

  it('shows the figures of the JSON, for what has any', async () => {
    const page = await openDashboard();
    const { dashboard, data } = await afterSomeTraffic(page);
    const minute = 60_000;
    const from = (Math.floor(data.now / minute) + 1) * minute - QUARTER_HOUR_MS;
    const lastOf = ({ id, label }: OpsSeries) => {
      const [, value] = data.series[id]?.findLast(([at]) => at >= from) ?? [];
      return value === undefined ? [] : [`${label} ${formatValue(value)}`];
    };
    let figures = 0;
    for (const widget of graphsOf(dashboard)) {
      const items = legend(page, widget.title).locator('li:has(b)');
      const shown = (await items.allTextContents()).map((text) => text.replace(NOTES, ''));
      expect([widget.title, shown]).toEqual([
        widget.title,
        [...widget.left, ...widget.right].flatMap(lastOf),
      ]);
      figures += shown.length;
    }
    expect(figures).toBeGreaterThan(20);
  });

  it('tells what was measured at a moment, to the keyboard too', async () => {
    const page = await openDashboard();
    const { dashboard, data } = await afterSomeTraffic(page);
    const shown = graphsOf(dashboard)
      .filter(({ title }) => title === 'Deliveries (a minute)')
      .flatMap(({ left }) => left)
      .map(({ id, label }) => ({ label, points: new Map(data.series[id]) }));
    const last = Math.max(...shown.flatMap(({ points }) => [...points.keys()]));
    const told = shown.flatMap(({ label, points }) => {
      const value = points.get(last);
      return value === undefined ? [] : `${label} ${formatValue(value)}`;
    });

    const moment = graph(page, 'Deliveries (a minute)').getByRole('slider');
    await moment.focus();
    await page.keyboard.press('End');
    const tooltip = moment.getByText(/^\d\d:\d\d/);
    await tooltip.waitFor();
    expect(await moment.getAttribute('aria-valuetext')).toBe(
      `${formatTime(last)}: ${told.join(', ')}`,
    );
    await page.keyboard.press('Escape');
    await tooltip.waitFor({ state: 'detached' });
  });

  it('shows an alarm when it rings, with what to do, and when it is over', async () => {
    const page = await openDashboard();
    const answer = page.getByRole('region', { name: 'Is it up?' });
    const tile = page.getByRole('region', { name: 'Alarms' }).locator('li', {
      hasText: /^fan-out-behind/,
    });
    await ring(page, []);
    await answer.getByText('It is up.').waitFor();
    await ring(page, ['page', 'fan-out-behind']);
    await answer.getByText('Members wait, or cannot get in, right now.').waitFor();
    await answer.getByText(/\b1 of \d+ alarms ring\./).waitFor();
    await answer.getByText('It was said to ring.').waitFor();
    await tile.getByText('In alarm').waitFor();
    expect(await page.title()).toMatch(/^Members wait/);

    await answer.getByRole('button', { name: /^Runbook/ }).click();
    const entry = page.getByRole('dialog', { name: 'fan-out-behind' });
    await entry.getByText('What it means.').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await entry.waitFor({ state: 'hidden' });

    await ring(page, []);
    await answer.getByText('It is up.').waitFor();
    await tile.getByText('OK', { exact: true }).waitFor();
  });

  it('says when the stack does not answer, and goes on when it does', async () => {
    const page = await openDashboard();
    await page.route('**/ops/data/**', (route) => route.abort());
    await page.getByRole('status').getByText('The stack does not answer.').waitFor();
    expect(await page.title()).toMatch(/^The stack does not answer/);
    await page.unroute('**/ops/data/**');
    await page.getByText('The stack does not answer.').waitFor({ state: 'detached' });
  });

  it.each([
    { view: 'in light', options: { colorScheme: 'light' as const } },
    { view: 'in dark', options: { colorScheme: 'dark' as const } },
  ])('is clear to everybody, $view: axe finds nothing', async ({ options }) => {
    const page = await openDashboard(options);
    await afterSomeTraffic(page);
    await ring(page, ['page', 'delivery-slow', 'tables-throttled']);
    await page.getByText(/\b2 of \d+ alarms ring\./).waitFor();
    await page.locator('summary', { hasText: /^delivery-slow/ }).click();
    await page
      .locator('summary', { hasText: /^All \d+ metrics/ })
      .first()
      .click();
    expect(await violations(page)).toEqual([]);
  });

  it('has nothing beyond the edge of a phone', async () => {
    const page = await openDashboard(PHONE);
    await afterSomeTraffic(page);
    await ring(page, ['page', 'delivery-unusually-slow']);
    await page.getByText(/\b1 of \d+ alarms ring\./).waitFor();
    await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
    // Not against the inner width: a phone zooms out to what is too wide.
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBe(PHONE.viewport.width);
  });
});
