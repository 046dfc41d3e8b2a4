import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { freshRoom, setUpVisits } from './visits.ts';

const { visit, open, join } = setUpVisits();

describe('a first visit', () => {
  it('proposes a name, opens the lobby, and has company one click away', async () => {
    const first = await visit();
    expect(first.page.url()).toMatch(/\/#\/rooms\/lobby$/);
    const name = (await first.page.getByText(/^You are /).textContent())?.replace('You are ', '');
    expect(name).toMatch(/^\w+ \w+ \d\d$/);

    const opened = first.context.waitForEvent('page');
    await first.page.getByRole('link', { name: /^Open a second tab as / }).click();
    const second = await opened;
    await second.getByRole('main').getByRole('textbox').fill('hello from the other tab');
    await second.keyboard.press('Enter');
    await first.sees('hello from the other tab');
    await first.say('hello back');
    await second.getByText('hello back').first().waitFor();
    expect(await first.page.getByText(`${name}`, { exact: true }).count()).toBeGreaterThan(0);
  });

  it('keeps the name, and lets it be changed', async () => {
    const { page, reload } = await visit();
    const me = page.getByRole('navigation').locator('footer bdi');
    const proposed = await me.textContent();
    await reload();
    expect(await me.textContent()).toBe(proposed);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Name').fill('  Mary   Ann ');
    await page.getByRole('button', { name: 'Save' }).click();
    await me.getByText('Mary Ann', { exact: true }).waitFor();
    await reload();
    expect(await me.textContent()).toBe('Mary Ann');
  });
});

describe('two people in a room', () => {
  it('talk; a reload shows the same again', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room });
    const ben = await visit({ as: 'Ben', room });
    await ann.say('one');
    await ben.sees('one');
    await ben.say('two\nlines');
    await ann.sees('two\nlines');
    await ann.say('three');
    await ben.sees('three');
    const said = ['one', 'two\nlines', 'three'];
    expect(await ann.texts()).toEqual(said);
    await ben.reload();
    await ben.sees('three');
    expect(await ben.texts()).toEqual(said);
  });

  it('watch a message on its way through the stack, when they ask to', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room });
    const ben = await visit({ as: 'Ben', room });
    const strip = (page: Page) => page.getByRole('group').filter({ hasText: 'Watch a message' });
    expect(await strip(ann.page).getByText('The next message').isVisible()).toBe(false);
    for (const { page } of [ann, ben]) await page.getByText('Watch a message travel').click();
    await ann.say('on its way');
    const hops = (page: Page) => strip(page).getByRole('listitem').allTextContents();
    const ms = (name: string) => expect.stringMatching(new RegExp(`^${name} -?\\d+ ms$`));
    const onServer = ['received and', 'stored and', 'enqueued', 'taken'].map((name) =>
      ms(`${name} .*`),
    );
    await strip(ann.page)
      .getByText(/^Message 1 · \d+ ms from you/)
      .waitFor();
    expect(await hops(ann.page)).toEqual([...onServer, ms('to the server and back')]);
    await strip(ben.page).getByText('Message 1', { exact: true }).waitFor();
    expect(await hops(ben.page)).toEqual(onServer);
  });

  it('see who is here and who types', async () => {
    const room = freshRoom();
    const ann = await visit({ as: 'Ann', room, viewport: { width: 1280, height: 720 } });
    const ben = await visit({ as: 'Ben', room });
    const people = ann.page.getByRole('complementary', { name: 'People' });
    await people.getByText('Ben', { exact: true }).waitFor();
    await ben.field.pressSequentially('hm');
    await ann.page.getByRole('main').getByText('Ben is typing …').waitFor();
    await ben.context.close();
    await people.getByText('Ben', { exact: true }).waitFor({ state: 'detached' });
  });

  it('find history above, without a jump', async () => {
    const room = freshRoom();
    const ann = await join('Ann', room);
    for (let number = 1; number <= 90; number += 1) {
      await ann.request({ action: 'send', roomId: room, text: `message ${number}` });
    }
    ann.close();

    const ben = await visit({ as: 'Ben', room });
    await ben.sees('message 90');
    const scroller = ben.page.getByRole('region', { name: `Messages in ${room}` });
    await scroller.focus();
    const row = ben.page.getByText('message 60', { exact: true });
    while ((await row.count()) === 0) await ben.page.keyboard.press('PageUp');
    await row.scrollIntoViewIfNeeded();
    // All the way: earlier pages are loaded as they are reached.
    const first = ben.page.getByText('message 1', { exact: true });
    while ((await first.count()) === 0) await ben.page.keyboard.press('Home');
    await ben.page.getByText(`This is where ${room} begins.`).waitFor();
    await ben.page.getByRole('button', { name: 'Newest messages' }).click();
    await ben.sees('message 90');
  });
});

describe('rooms', () => {
  it('are joined by name and by link, created, counted as unread, and left', async () => {
    const [first, second] = [freshRoom(), freshRoom()];
    const ann = await visit({ as: 'Ann', room: first });
    const ben = await visit({ as: 'Ben', room: second });
    const { page } = ben;
    const list = page.getByRole('navigation', { name: 'Rooms' });

    await page.keyboard.press('Control+k');
    await page.getByLabel('Room name or link').fill(ann.page.url());
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: first }).waitFor();
    await list.getByRole('link', { name: second }).click();
    await page.getByRole('heading', { level: 1, name: second }).waitFor();

    await ann.say('one for later');
    await ann.say('and another');
    const item = list.getByRole('link', { name: first });
    await item.getByText('2 unread messages').waitFor();
    await item.getByText('and another').waitFor();
    await page.waitForFunction('document.title.startsWith("(2) ")');
    await item.click();
    await ben.sees('and another');
    await item.getByText('unread').waitFor({ state: 'detached' });

    await page.keyboard.press('Control+k');
    await page.getByRole('button', { name: 'Create one that nobody guesses' }).click();
    await page.getByRole('heading', { level: 1, name: /^room-/ }).waitFor();
    await page.getByRole('button', { name: 'Leave room' }).click();
    await list.getByRole('link', { name: /^room-/ }).waitFor({ state: 'detached' });
  }, 30_000);

  it('refuse a name that is none, and say which are', async () => {
    const { page } = await visit({ as: 'Ann', room: freshRoom() });
    await page.keyboard.press('Control+k');
    await page.getByLabel('Room name or link').fill('소풍');
    await page.keyboard.press('Enter');
    await page.getByText('Up to 128 of A–Z').waitFor();
    await page.keyboard.press('Escape');
    await page.goto(page.url().replace(/#.*/, '#/rooms/%ED%95%9C'));
    await page.getByText('There is no room by that address.').waitFor();
  });

  it('are the same in two tabs of one user, who is there once', async () => {
    const room = freshRoom();
    const one = await visit({ as: 'Ann', room, viewport: { width: 1280, height: 720 } });
    const two = await visit({ as: 'Ann', room, beside: one });
    await one.say('from the first tab');
    await two.sees('from the first tab');
    await two.say('from the second');
    await one.sees('from the second');
    expect(await one.texts()).toEqual(['from the first tab', 'from the second']);
    const people = one.page.getByRole('complementary').getByRole('listitem');
    expect(await people.allTextContents()).toEqual(['AAnnyou']);
  });
});

it('says what is wrong when it is told nothing that it can use', async () => {
  const { page } = await open({ config: { webSocketUrl: 7 } });
  await page.getByText('config.json: webSocketUrl must be a text').waitFor();
});
