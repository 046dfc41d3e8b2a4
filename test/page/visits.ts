import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from 'playwright-core';
import { type ChatSocket, openSocket } from '../support/chat-socket.ts';
import { launchChromium } from './chromium.ts';

export interface VisitOptions extends BrowserContextOptions {
  /** The path of another page than the chat. */
  path?: string;
  /** The name of the tab's guest; absent for a first visit. */
  as?: string;
  /** The room of the address; absent for none. */
  room?: string;
  /** On top of what the stack says in `config.json`. */
  config?: Record<string, unknown>;
  /** A WebSocket proxy in front of the stack: the page is then at its address. */
  through?: { url: string };
  /** The browser of somebody who is there already: another tab of it. */
  beside?: Visit;
  /** Errors that are to be expected. */
  mayLog?: RegExp;
  /** Sees the page before it is loaded. */
  prepare?: (page: Page) => Promise<unknown>;
}

/** Somebody who has the page open. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  /** The field to write in. */
  field: Locator;
  say(text: string): Promise<void>;
  /** Resolves when a message with that text stands in the room. */
  sees(text: string): Promise<void>;
  /** Resolves when a message with that text has come from the server: it has a time. */
  receives(text: string): Promise<void>;
  /** The texts of the messages that are drawn, in order. */
  texts(): Promise<string[]>;
  reload(): Promise<void>;
}

export interface Visits {
  /** Resolves when the room is entered. */
  visit(options?: VisitOptions): Promise<Visit>;
  /** Resolves when the page is loaded. */
  open(options?: VisitOptions): Promise<Visit>;
  /** A member without a page. */
  join(userId: string, roomId: string): Promise<ChatSocket>;
}

const STEP_TIMEOUT_MS = 15_000;

/**
 * Opens pages in one browser per file. A page that logs an error or throws fails its test. Whatever
 * was opened is closed after each test: one socket left open would keep Jest from ending.
 */
export function setUpVisits(stackUrl: () => string = chatUrl): Visits {
  const contexts = new Set<BrowserContext>();
  const sockets = new Set<ChatSocket>();
  const problems: string[] = [];
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  }, 60_000);
  afterAll(() => browser?.close());
  afterEach(async () => {
    for (const socket of sockets) socket.vanish();
    sockets.clear();
    for (const context of contexts) await context.close();
    contexts.clear();
    expect(problems.splice(0)).toEqual([]);
  });

  async function open(options: VisitOptions = {}): Promise<Visit> {
    const {
      path = '/',
      as,
      room,
      config,
      through,
      beside,
      mayLog = /^$/,
      prepare,
      ...browserOptions
    } = options;
    const context =
      beside?.context ?? (await browser.newContext({ locale: 'en', ...browserOptions }));
    contexts.add(context);
    // Below the test's own limit, so that what failed is named.
    context.setDefaultTimeout(STEP_TIMEOUT_MS);
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
    page.on('console', (message) => {
      // What cannot be reached is logged by the browser, not by the page.
      const isOurs = !/WebSocket connection|net::ERR_/.test(message.text());
      if (message.type() === 'error' && isOurs && !mayLog.test(message.text())) {
        problems.push(message.text());
      }
    });
    const stack = toHttp(stackUrl());
    const origin = through === undefined ? stack : toHttp(through.url);
    if (config !== undefined) {
      await page.route(`${origin}/config.json`, async (route) => {
        const response = await route.fetch({ url: `${stack}/config.json` });
        await route.fulfill({ response, json: { ...(await response.json()), ...config } });
      });
    }
    await prepare?.(page);
    const query = as === undefined ? '' : `?as=${encodeURIComponent(as)}`;
    const hash = room === undefined ? '' : `#/rooms/${encodeURIComponent(room)}`;
    await page.goto(`${origin}${path}${query}${hash}`);
    return createVisit(page, context);
  }

  return {
    open,
    async visit(options) {
      const visit = await open(options);
      await ready(visit);
      return visit;
    },
    async join(userId, roomId) {
      const socket = await openSocket(stackUrl(), { userId, roomId });
      sockets.add(socket);
      return socket;
    },
  };
}

function createVisit(page: Page, context: BrowserContext): Visit {
  const field = page.getByRole('main').getByRole('textbox');
  const messages = page.locator('article p[dir]');
  const visit: Visit = {
    page,
    context,
    field,
    async say(text) {
      await field.fill(text);
      await field.press('Enter');
    },
    sees: (text) => messages.getByText(text, { exact: true }).first().waitFor(),
    receives: (text) =>
      page.locator('article:has(time) p[dir]').getByText(text, { exact: true }).first().waitFor(),
    texts: () => messages.allTextContents(),
    async reload() {
      await page.reload();
      await ready(visit);
    },
  };
  return visit;
}

/** Presence is known: the room was entered, and the server has answered. */
async function ready({ page }: Visit): Promise<void> {
  await page
    .getByRole('button', { name: /^More about / })
    .filter({ hasText: /\d/ })
    .or(page.getByRole('complementary').getByRole('listitem').first())
    .first()
    .waitFor();
}

export function chatUrl(): string {
  const url = process.env.CHAT_URL;
  if (url === undefined) throw new Error('CHAT_URL names the WebSocket to test, ws://…/live.');
  return url;
}

/** `ws://host/live` → `http://host` */
function toHttp(url: string): string {
  return new URL(url.replace(/^ws/, 'http')).origin;
}

let rooms = 0;

/** A room that no other case and no other run has used. */
export function freshRoom(): string {
  rooms += 1;
  return `page-${rooms}-${Date.now().toString(36)}-${process.pid}`;
}
