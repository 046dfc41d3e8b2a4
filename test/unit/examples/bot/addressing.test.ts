import { describe, expect, it } from '@jest/globals';
import { ANSWERERS, createRules } from '../../../../examples/bot/answerers.ts';
import { readAddressed } from '../../../../examples/bot/bot.ts';

describe('addressing the bot', () => {
  it.each([
    ['@bot what time is it?', 'what time is it?'],
    ['bot: hello', 'hello'],
    ['Bot, hello', 'hello'],
    ['well @BOT help', 'well help'],
    ['@bot', ''],
    ['  @bot:  spaced  ', 'spaced'],
  ])('reads "%s"', (text, asked) => {
    expect(readAddressed(text, 'bot')).toBe(asked);
  });

  it.each(['bot is nice', 'the robot: hello', 'mail me@bottom', '@botany', 'hello', ''])(
    'is not meant by "%s"',
    (text) => {
      expect(readAddressed(text, 'bot')).toBe(undefined);
    },
  );

  it('takes a name for what it is, whatever it is made of', () => {
    expect(readAddressed('@b.t* hi', 'b.t*')).toBe('hi');
    expect(readAddressed('@boot hi', 'b.t*')).toBe(undefined);
    expect(readAddressed('@도우미 안녕', '도우미')).toBe('안녕');
  });
});

describe('the rules', () => {
  const rules = createRules(() => new Date('2026-11-22T10:20:30Z'));
  const ask = (text: string) =>
    rules({ roomId: 'r', userId: 'ann', text, recent: [], signal: new AbortController().signal });

  it.each([
    ['what time is it?', 'It is 10:20 UTC.'],
    ['date please', 'It is 2026-11-22.'],
    ['flip a coin', 'Heads.'],
    ['안녕', 'Hello! Ask me for the time, the date, or help.'],
    ['', 'I know the time and the date, I flip coins, and I say hello.'],
    ['who wrote Hamlet?', undefined],
  ])('answer "%s"', async (text, answer) => {
    expect(await ask(text)).toBe(answer);
  });

  it('are one of the answerers to choose from', () => {
    expect(Object.keys(ANSWERERS)).toEqual(['echo', 'rules']);
  });
});
