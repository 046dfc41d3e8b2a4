/** `npm run screenshots`: the pictures in `docs/images`, from a stack of its own. */
import { mkdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page, PageScreenshotOptions } from 'playwright-core';
import { openSocket } from '../support/chat-socket.ts';
import { startLocalProcess } from '../support/local-process.ts';
import { readOptions, refuse } from '../support/script.ts';
import { chatter } from './chatter.ts';
import { launchChromium } from './chromium.ts';

const HELP = `Usage: npm run screenshots -- [options]

Takes the pictures in docs/images, from a stack of its own: those of the chat page, and that of the
dashboard after some minutes of talk.

  --only <chat|ops>   only these
  --minutes <number>  of talk before the dashboard is taken    default 12
  --help              this text`;

const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const WIDTH = 1280;
const MARGIN = 16;
const DESKTOP: BrowserContextOptions = { viewport: { width: WIDTH, height: 760 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 780 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

interface Line {
  userId: string;
  text: string;
}

const ENGLISH: Line[] = [
  { userId: 'Mara', text: 'Morning! The new build is on staging.' },
  { userId: 'Jonas', text: 'Looking at it now.' },
  { userId: 'Jonas', text: 'First load is twice as fast as last week. What did you do?' },
  { userId: 'Mara', text: 'Mostly removed things. Notes are at https://example.com/notes/42' },
  { userId: 'Ines', text: 'Half of our dashboard was never used, it turns out.' },
];
const REPLY = 'My favourite kind of change. Shall we roll it out after lunch?';
const KOREAN: Line[] = [
  { userId: '지민', text: '좋은 아침이에요! 새 버전이 스테이징에 올라갔어요.' },
  { userId: '서준', text: '지금 보고 있어요.' },
  { userId: '서준', text: '지난주보다 두 배는 빨라졌네요. 무엇을 바꿨어요?' },
  {
    userId: '지민',
    text: '대부분 덜어 냈어요. 정리한 글은 https://example.com/notes/42 에 있어요.',
  },
  { userId: '하린', text: '대시보드 절반은 아무도 쓰지 않았더라고요.' },
];
const KOREAN_REPLY = '제일 좋아하는 종류의 변경이에요. 점심 먹고 배포할까요?';

const options = readArguments();
const stack = await startLocalProcess(['--memory', '--stream-poll', '50']);
const browser = await launchChromium();
const origin = new URL(stack.url.replace('ws', 'http')).origin;
try {
  await mkdir(IMAGES, { recursive: true });
  if (options.only !== 'ops') await shootChat();
  if (options.only !== 'chat') await shootDashboard(options.minutes);
} catch (error) {
  // Why a request failed, it says only there.
  process.stderr.write(stack.output());
  throw error;
} finally {
  await browser.close();
  await stack.stop();
}

function readArguments(): { only: string | undefined; minutes: number } {
  const values = readOptions(HELP, {
    only: { type: 'string' },
    minutes: { type: 'string', default: '12' },
  });
  const minutes = Number(values.minutes);
  if (!(minutes >= 1)) refuse(`--minutes must be 1 or more, not "${values.minutes}".`);
  if (!['chat', 'ops', undefined].includes(values.only)) {
    refuse(`--only must be chat or ops, not "${values.only}".`);
  }
  return { only: values.only, minutes };
}

async function shootChat(): Promise<void> {
  await fill('design', [{ userId: 'Ines', text: 'I moved the sketches to the shared board.' }]);
  await fill('release', [{ userId: 'Jonas', text: 'Tagged, and the notes are written.' }]);
  await fill('lobby', ENGLISH);
  await fill('lounge', KOREAN);
  await shoot(browser, 'light', { ...DESKTOP, colorScheme: 'light' }, 'Noor', REPLY);
  await shoot(browser, 'dark', { ...DESKTOP, colorScheme: 'dark' }, 'Noor');
  await shoot(browser, 'phone', { ...PHONE, colorScheme: 'light' }, 'Noor');
  await shoot(browser, 'korean', { ...DESKTOP, locale: 'ko-KR' }, '도윤', KOREAN_REPLY);
}

/** Its first two questions, while people talk. */
async function shootDashboard(minutes: number): Promise<void> {
  const end = new AbortController();
  const talk = chatter(stack.url, end.signal);
  console.log(`People talk for ${minutes} minutes …`);
  await Promise.race([talk, pause(minutes * 60_000)]);
  const page = await browser.newPage({ ...DESKTOP, colorScheme: 'light' });
  await page.goto(`${origin}/ops`);
  const last = page.getByRole('region', { name: 'A batch of each stage, p99 (ms)' });
  await last.getByRole('slider').waitFor();
  const { y, height } = (await last.boundingBox()) ?? { y: 0, height: 0 };
  const clip = { x: 0, y: 0, width: WIDTH, height: Math.round(y + height) + MARGIN };
  await save(page, 'ops', { fullPage: true, clip });
  await page.close();
  end.abort();
  await talk;
}

async function save(page: Page, name: string, part: PageScreenshotOptions = {}): Promise<void> {
  const path = `${IMAGES}${name}.png`;
  await page.screenshot({ path, animations: 'disabled', caret: 'hide', ...part });
  console.log(`docs/images/${name}.png`);
}

async function fill(roomId: string, lines: readonly Line[]): Promise<void> {
  for (const { userId, text } of lines) {
    const socket = await openSocket(stack.url, { userId, roomId });
    await socket.request({ action: 'send', roomId, text });
    socket.close();
  }
}

async function shoot(
  from: Browser,
  name: string,
  options: BrowserContextOptions,
  userId: string,
  reply?: string,
): Promise<void> {
  const [room, lines] = options.locale === 'ko-KR' ? ['lounge', KOREAN] : ['lobby', ENGLISH];
  const context = await from.newContext({ locale: 'en', ...options });
  const stored = {
    'roomcast.settings': { appearance: 'system', isWelcomed: true },
    [`roomcast.rooms.${userId}`]: [room, 'design', 'release'],
    [`roomcast.read.${userId}`]: { design: 0, release: 0 },
  };
  await context.addInitScript(
    `for (const [key, value] of Object.entries(${JSON.stringify(stored)}))
      localStorage.setItem(key, JSON.stringify(value));`,
  );
  const page = await context.newPage();
  await page.goto(`${origin}/?as=${encodeURIComponent(userId)}#/rooms/${room}`);
  await page.getByText('https://example.com/notes/42').first().waitFor();
  if (reply !== undefined) await say(page, reply);
  const names = [...new Set(lines.map((line) => line.userId))];
  const company = await Promise.all(
    names.map((other) => openSocket(stack.url, { userId: other, roomId: room })),
  );
  for (const other of names) {
    await page.locator('aside').getByText(other, { exact: true }).waitFor({ state: 'attached' });
  }
  company[0]?.send({ action: 'typing', roomId: room });
  await page
    .getByRole('main')
    .getByText(/is typing|입력 중/)
    .waitFor();
  await save(page, name);
  for (const socket of company) socket.close();
  await context.close();
}

async function say(page: Page, text: string): Promise<void> {
  const field = page.getByRole('main').getByRole('textbox');
  await field.fill(text);
  await field.press('Enter');
  await page.locator('article').getByText(text).waitFor();
  await page.locator('[data-faint]').waitFor({ state: 'detached' });
}
