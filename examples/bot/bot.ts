import type { ChatClient, Message, Room } from '../../client/index.ts';
import { typing } from '../../client/typing.ts';
import type { Answerer } from './answerer.ts';

export interface BotOptions {
  client: ChatClient;
  /** The user id of the client, and what people call the bot by: `@name` anywhere, or `name:` first. */
  name: string;
  answer: Answerer;
  /** Milliseconds since the epoch. */
  now?: () => number;
  onProblem: (problem: string) => void;
}

export interface Bot {
  /** Listens in that room from now on. */
  enter(roomId: string): void;
  /** Leaves all rooms. What is being answered is given up. */
  stop(): void;
}

/** Marks what bots say, so that no bot answers it. */
const BOT_DATA = { bot: true } as const;
/** A bot that does not carry the mark may still be talking to this one: there is an end to it. */
const ANSWERS_PER_MINUTE = 10;
const MINUTE_MS = 60_000;
const RECENT_MESSAGES = 20;
/** The library sends a sign every three seconds at most. */
const TYPING_EVERY_MS = 1_000;
const TEXT_MAX_CHARACTERS = 4_000;
const AT_A_LOSS = 'I have no answer to that right now.';

/**
 * A participant that answers when it is addressed: one question after the other in each room, at most
 * ten a minute there, and never its own words or those of another bot.
 */
export function createBot(options: BotOptions): Bot {
  const { client, name, answer, now = Date.now, onProblem } = options;
  const rooms = new Set<Room>();
  const stopping = new AbortController();

  function listen(room: Room): void {
    const recent: { userId: string; text: string }[] = [];
    const answeredAt: number[] = [];
    let last = Promise.resolve();

    room.on('message', (message) => {
      const { roomId } = room;
      const { userId, text } = message;
      const asked = userId === name || isFromBot(message) ? undefined : readAddressed(text, name);
      if (asked !== undefined && mayAnswer(answeredAt, now())) {
        const question = {
          roomId,
          userId,
          text: asked,
          recent: [...recent],
          signal: stopping.signal,
        };
        const clientMessageId = `${name.slice(0, 40)}-${message.seq}`;
        last = last.then(() => reply(room, clientMessageId, () => answer(question)));
      }
      recent.push({ userId, text });
      recent.splice(0, recent.length - RECENT_MESSAGES);
    });
  }

  /** Under an id made of the question's number: an answer that is given twice is stored once. */
  async function reply(
    room: Room,
    clientMessageId: string,
    ask: () => ReturnType<Answerer>,
  ): Promise<void> {
    if (stopping.signal.aborted) return;
    typing(room);
    const whileAsking = setInterval(() => typing(room), TYPING_EVERY_MS);
    try {
      const text = await ask().catch((error: unknown) => {
        if (!stopping.signal.aborted) onProblem(`The answerer failed: ${error}`);
        return AT_A_LOSS;
      });
      if (text === undefined || text.trim() === '' || stopping.signal.aborted) return;
      const fitting = [...text].slice(0, TEXT_MAX_CHARACTERS).join('');
      await room.send(fitting, { data: BOT_DATA, clientMessageId });
    } catch (error) {
      if (!stopping.signal.aborted) onProblem(`An answer was not sent: ${error}`);
    } finally {
      clearInterval(whileAsking);
    }
  }

  return {
    enter(roomId) {
      const room = client.room(roomId);
      rooms.add(room);
      listen(room);
    },
    stop() {
      stopping.abort();
      for (const room of rooms) room.leave();
      rooms.clear();
    },
  };
}

/** What is asked of that name, or undefined when it is not addressed. */
export function readAddressed(text: string, name: string): string | undefined {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const first = new RegExp(`^\\s*@?${escaped}\\s*[:,]\\s*`, 'iu');
  const anywhere = new RegExp(`(?<![\\p{L}\\p{N}])@${escaped}(?![\\p{L}\\p{N}])[:,]?\\s*`, 'iu');
  for (const address of [first, anywhere]) {
    if (address.test(text)) return text.replace(address, '').trim();
  }
  return undefined;
}

function isFromBot({ data }: Message): boolean {
  return typeof data === 'object' && data !== null && !Array.isArray(data) && data.bot === true;
}

/** Counts the answer, if there may be one. */
function mayAnswer(answeredAt: number[], now: number): boolean {
  while ((answeredAt[0] ?? now) <= now - MINUTE_MS) answeredAt.shift();
  if (answeredAt.length >= ANSWERS_PER_MINUTE) return false;
  answeredAt.push(now);
  return true;
}
