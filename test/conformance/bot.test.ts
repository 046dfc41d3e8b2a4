import { afterEach, describe, expect, it } from '@jest/globals';
import { ChatClient, type Message, type Room } from '../../client/index.ts';
import { ready } from '../../client/ready.ts';
import type { Answerer } from '../../examples/bot/answerer.ts';
import { type Bot, createBot } from '../../examples/bot/bot.ts';

const clients: ChatClient[] = [];
const bots: Bot[] = [];
const problems: string[] = [];
let rooms = 0;

afterEach(() => {
  for (const bot of bots.splice(0)) bot.stop();
  for (const client of clients.splice(0)) client.close();
  problems.length = 0;
});

async function connect(userId: string): Promise<ChatClient> {
  const client = new ChatClient({ url: process.env.CHAT_URL ?? '', userId });
  clients.push(client);
  await client.connect();
  return client;
}

async function startBot(
  name: string,
  roomId: string,
  answer: Answerer,
  now: () => number = Date.now,
): Promise<Room> {
  const client = await connect(name);
  const bot = createBot({
    client,
    name,
    answer,
    now,
    onProblem: (problem) => problems.push(problem),
  });
  bots.push(bot);
  bot.enter(roomId);
  const room = client.room(roomId);
  await ready(room);
  return room;
}

/** Resolves when the message of that number was shown in the room. */
const reached = (room: Room, seq: number) =>
  new Promise<void>((resolve) => {
    const look = () => (room.position ?? 0) >= seq && resolve();
    room.on('message', look);
    look();
  });

/** Somebody in a room of the case's own. */
async function enter(roomId: string) {
  const room = (await connect('ann')).room(roomId);
  const heard: Message[] = [];
  room.on('message', (message) => heard.push(message));
  await ready(room);
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => heard.some((message) => message.text === text) && resolve();
      room.on('message', look);
      look();
    });
  return { room, heard, until, texts: () => heard.map(({ text }) => text) };
}

function freshRoom(): string {
  rooms += 1;
  return `bot-${Date.now().toString(36)}-${rooms}`;
}

const echo: Answerer = async ({ text }) => text;

describe('the bot', () => {
  it('answers when it is addressed, and knows what was said before', async () => {
    const roomId = freshRoom();
    await startBot('bot', roomId, async ({ userId, text, recent }) => {
      return `${userId} asked ${text} after ${recent.map((message) => message.text).join(', ')}`;
    });
    const { room, until, texts } = await enter(roomId);
    await room.send('not for the bot');
    await room.send('@bot why?');
    await until('ann asked why? after not for the bot');
    expect(texts()).toEqual([
      'not for the bot',
      '@bot why?',
      'ann asked why? after not for the bot',
    ]);
  });

  it('answers neither itself nor another bot, however they call each other', async () => {
    const roomId = freshRoom();
    await startBot('one', roomId, async ({ text }) => `@one @two: one heard "${text}"`);
    await startBot('two', roomId, async ({ text }) => `@one @two: two heard "${text}"`);
    const { room, until, texts } = await enter(roomId);
    await room.send('@one begin');
    await until('@one @two: one heard "begin"');
    await room.send('@two begin');
    await until('@one @two: two heard "begin"');
    // Each answers in order: whatever they had to say to each other would come before this.
    await room.send('@one end');
    await until('@one @two: one heard "end"');
    await room.send('@two end');
    await until('@one @two: two heard "end"');
    expect(texts().filter((text) => text.includes('heard'))).toEqual([
      '@one @two: one heard "begin"',
      '@one @two: two heard "begin"',
      '@one @two: one heard "end"',
      '@one @two: two heard "end"',
    ]);
  });

  it('stops after ten answers a minute, for a bot that does not say it is one', async () => {
    const roomId = freshRoom();
    let now = 0;
    const heardByBot = await startBot('bot', roomId, echo, () => now);
    const { room, texts, until } = await enter(roomId);
    let last = 0;
    for (let number = 1; number <= 12; number += 1) {
      last = (await room.send(`@bot ${number}`)).seq;
    }
    await Promise.all([until('10'), reached(heardByBot, last)]);
    now = 60_000;
    await room.send('@bot 13');
    await until('13');
    const answers = texts().filter((text) => /^\d+$/.test(text));
    expect(answers).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '13']);
  });

  it('says so when it has no answer, and goes on', async () => {
    const roomId = freshRoom();
    await startBot('bot', roomId, async ({ text }) => {
      if (text === 'fail') throw new Error('no service');
      return text === 'silence' ? undefined : text;
    });
    const { room, until, texts } = await enter(roomId);
    for (const text of ['@bot fail', '@bot silence', '@bot fine']) await room.send(text);
    await until('fine');
    const said = texts().filter((text) => !text.startsWith('@bot'));
    expect(said).toEqual(['I have no answer to that right now.', 'fine']);
    expect(problems).toEqual(['The answerer failed: Error: no service']);
  });
});
