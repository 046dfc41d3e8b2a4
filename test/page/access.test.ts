import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { LANGUAGES } from '../../client/web/language/language.ts';
import { violations } from './violations.ts';
import { freshRoom, setUpVisits, type Visit } from './visits.ts';

const { visit } = setUpVisits();
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const WIDE = { viewport: { width: 1280, height: 800 } };

async function converse({ say, sees }: Visit): Promise<void> {
  await say('Good morning, see https://example.com/');
  await sees('Good morning, see https://example.com/');
}

describe('axe finds nothing', () => {
  it.each([
    { view: 'in light', options: { ...WIDE, colorScheme: 'light' as const } },
    { view: 'in dark', options: { ...WIDE, colorScheme: 'dark' as const } },
    { view: 'on a phone', options: PHONE },
  ])('$view: the room, the list, and every dialog', async ({ options }) => {
    const ann = await visit({
      as: 'Ann',
      room: freshRoom(),
      // Half faded in, nothing has the contrast that it will have.
      reducedMotion: 'reduce',
      ...options,
    });
    const { page } = ann;
    await page.getByText('Watch a message travel').click();
    await converse(ann);
    await page.getByText(/^Message 1 · /).waitFor();
    expect(await violations(page)).toEqual([]);
    if (options === PHONE) {
      await page.getByRole('button', { name: /^More about / }).click();
      await page.getByRole('dialog', { name: 'People' }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'All rooms' }).click();
      await page.getByRole('navigation').waitFor();
      expect(await violations(page)).toEqual([]);
    }
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Join or create a room' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

describe('the keyboard alone', () => {
  it('talks, joins, walks through rooms, reads and leaves', async () => {
    const [first, second] = [freshRoom(), freshRoom()];
    const { page, sees } = await visit({ as: 'Ann', room: first, ...WIDE });
    const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    const { keyboard } = page;
    await keyboard.type('typed, not clicked');
    await keyboard.press('Enter');
    await sees('typed, not clicked');
    await keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await keyboard.type(second);
    await keyboard.press('Enter');
    await heading(second);
    await keyboard.press('Alt+ArrowUp');
    await heading(first);
    await keyboard.press('Alt+ArrowDown');
    await heading(second);

    await tabTo(page, 'Settings');
    await keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor();
    await keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Settings');
    await tabTo(page, 'Leave room');
    await keyboard.press('Enter');
    await heading(first);
  });

  it('starts a new line with Shift, and leaves Enter to a composition', async () => {
    const ann = await visit({ as: 'Ann', room: freshRoom() });
    await ann.field.focus();
    await ann.page.keyboard.type('one');
    await ann.page.keyboard.press('Shift+Enter');
    await ann.page.keyboard.type('two');
    await ann.field.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
    expect(await ann.field.inputValue()).toBe('one\ntwo');
    await ann.page.keyboard.press('Enter');
    await ann.sees('one\ntwo');
  });

  it('is told by a screen reader what came, once', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room });
    const ben = await visit({ as: 'Ben', room });
    await ben.say('listen');
    await ann.page.getByRole('status').getByText('Ben: listen').waitFor();
    for (const text of ['a', 'b', 'c']) await ben.say(text);
    await ann.page
      .getByRole('status')
      .getByText(/^\d new messages$|^Ben: c$/)
      .waitFor();
    expect(await ann.page.locator('[role="log"], [aria-live="assertive"]').count()).toBe(0);
  });
});

describe('three languages', () => {
  it.each([
    { locale: 'ko-KR', tag: 'ko' as const },
    { locale: 'zh-TW', tag: 'zh-Hant' as const },
    { locale: 'zh-HK', tag: 'zh-Hant' as const },
    { locale: 'fr-FR', tag: 'en' as const },
  ])('speaks $tag to a browser of $locale', async ({ locale, tag }) => {
    const text = LANGUAGES[tag];
    const ann = await visit({ as: 'Ann', room: freshRoom(), locale, ...WIDE });
    const { page } = ann;
    expect(await page.getAttribute('html', 'lang')).toBe(tag);
    await page.getByRole('heading', { name: text.rooms }).waitFor();
    await page.getByText(text.firstMessage).waitFor();
    await ann.say('hello');
    await page.getByRole('heading', { level: 2, name: text.today }).waitFor();
    await page.getByRole('button', { name: text.leaveRoom }).waitFor();
    const english = tag === 'en' ? [] : Object.values(LANGUAGES.en);
    const shown = await page.locator('button, h2, h3, .hint').allTextContents();
    expect(shown.filter((content) => english.includes(content))).toEqual([]);
  });

  it('switches, and remembers it', async () => {
    const { page } = await visit({ as: 'Ann', room: freshRoom() });
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Language').selectOption('ko');
    await page.getByRole('dialog', { name: '설정' }).waitFor();
    await page.getByLabel('어둡게').check();
    expect(await page.getAttribute('html', 'data-appearance')).toBe('dark');
    await page.reload();
    await page.getByRole('navigation', { name: '대화방' }).waitFor();
    expect(await page.getAttribute('html', 'data-appearance')).toBe('dark');
  });
});

describe('a phone', () => {
  it('shows the list or the room, and nothing beyond its edge', async () => {
    const ann = await visit({ as: 'Ann', room: freshRoom(), ...PHONE });
    const { page } = ann;
    await ann.say(`${'long'.repeat(100)} https://example.com/${'path'.repeat(60)}`);
    const isTooWide = 'document.documentElement.scrollWidth > innerWidth';
    expect(await page.evaluate(isTooWide)).toBe(false);
    expect(await page.getByRole('navigation').isVisible()).toBe(false);
    await page.getByRole('link', { name: 'All rooms' }).click();
    await page.getByRole('navigation').waitFor();
    expect(await ann.field.count()).toBe(0);
    expect(await page.evaluate(isTooWide)).toBe(false);
    await page.goBack();
    await ann.field.waitFor();
  });
});

const focused = (page: Page) =>
  page.evaluate(
    'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
  );

/** @throws Error when that many stops lead nowhere near. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stops = 0; stops < 40; stops += 1) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} cannot be reached with Tab`);
}
