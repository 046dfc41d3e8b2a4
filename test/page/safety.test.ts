import { describe, expect, it } from '@jest/globals';
import { freshRoom, setUpVisits } from './visits.ts';

const { visit, open, join } = setUpVisits();

/** What would run a script, if any of it were taken for markup. */
const ATTACKS = [
  '<img src=x onerror="window.hacked=1">',
  '<script>window.hacked=1</script>',
  '"><svg onload=window.hacked=1>',
  'javascript:window.hacked=1',
  '[click](javascript:window.hacked=1)',
  '</textarea><iframe srcdoc="<script>parent.hacked=1</script>">',
  '{{constructor.constructor("window.hacked=1")()}}',
  'data:text/html,<script>parent.hacked=1</script>',
];

describe('what members write', () => {
  it('stays text: in messages, in names and in the list', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room, viewport: { width: 1280, height: 1600 } });
    for (const [index, attack] of ATTACKS.entries()) {
      const mallory = await join(`${attack} ${index}`, room);
      await mallory.request({ action: 'send', roomId: room, text: attack });
      await ann.sees(attack);
      if (index > 0) mallory.close();
    }
    expect(await ann.texts()).toEqual(ATTACKS);
    const people = ann.page.getByRole('complementary').getByText(`${ATTACKS[0]} 0`);
    await people.waitFor();
    const inside = ann.page.locator('article, nav, aside');
    expect(await inside.locator('img, script, iframe, svg[onload], textarea').count()).toBe(0);
    expect(await inside.locator('a:not([href^="#/"])').count()).toBe(0);
    expect(await ann.page.evaluate('window.hacked')).toBe(undefined);
  });

  it.each([
    '#/rooms/%3Cimg%20src%3Dx%20onerror%3D%22window.hacked%3D1%22%3E',
    '#/rooms/"><script>window.hacked=1</script>',
    '#/rooms/__proto__',
  ])('is harmless in an address: %s', async (hash) => {
    const { page } = await open({ as: '<b>Ann</b>' });
    await page.goto(page.url().replace(/#.*/, hash));
    await page.getByRole('main').locator('h1, p').first().waitFor();
    expect(await page.evaluate('window.hacked')).toBe(undefined);
    expect(await page.locator('main img, main script').count()).toBe(0);
  });

  it('may be followed when it is a web address, and leads nowhere else', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room });
    await ann.say('see https://example.com/a?b=c, ftp://example.com and https:javascript');
    const links = ann.page.locator('article a');
    await links.first().waitFor();
    expect(await links.count()).toBe(1);
    expect(await links.getAttribute('href')).toBe('https://example.com/a?b=c');
    expect(await links.getAttribute('rel')).toBe('noopener noreferrer nofollow');
    expect(await links.getAttribute('target')).toBe('_blank');
  });
});

describe('the page itself', () => {
  it('may run only its own scripts and styles, and speak to its own host', async () => {
    const { page } = await visit({
      as: 'Ann',
      room: freshRoom(),
      mayLog: /Content Security Policy/,
    });
    const attempts = await page.evaluate(`(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 1';
      document.head.append(script);
      const style = document.createElement('style');
      style.textContent = 'body { opacity: 0.5 }';
      document.head.append(style);
      const elsewhere = await fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused');
      return [window.hacked, getComputedStyle(document.body).opacity, elsewhere];
    })()`);
    expect(attempts).toEqual([undefined, '1', 'refused']);
  });
});
