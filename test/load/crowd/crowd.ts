import { setTimeout as delay } from 'node:timers/promises';
import { now } from '../../support/now.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { createHistogram } from '../measure/histogram.ts';
import { createMinutes } from '../measure/minutes.ts';
import { createNumberRanges, type NumberRanges } from '../measure/number-ranges.ts';
import { type Observations, sumCounts } from '../measure/observations.ts';
import { readPush } from '../measure/read-push.ts';
import { createTalkRecorder, type TalkRecorder } from '../measure/recorder.ts';
import { createLoadMember, type LoadMember, type Mark, type MemberOptions } from './load-member.ts';
import type { CrowdProgress, CrowdSettings, Talk } from './load-orders.ts';
import { rememberLast } from './remember-last.ts';
import { intendedTimes, keepPace } from './schedule.ts';

/** The members of one thread, and all that they see. */
export interface Crowd {
  /** Of the members that have begun to enter, by number. */
  readonly members: ReadonlyMap<number, LoadMember>;
  /** Whether this crowd has the member of that number. */
  has(member: number): boolean;
  /** Resolves when the member is live. */
  enter(member: number, open?: MemberOptions['open']): Promise<void>;
  /** Resolves when the last message was given to the library. */
  talk(talk: Talk): Promise<void>;
  hush(): void;
  /** Sends that have not ended. */
  underWay(): Promise<unknown>[];
  roomOf(member: number): string;
  progress(): CrowdProgress;
  observations(): Observations;
  close(): void;
}

export interface CrowdOptions extends CrowdSettings {
  createClient?: MemberOptions['createClient'];
}

/** They are few. */
const ERROR_FRAME = /^\{"type":"error"/;

export function createCrowd(settings: CrowdOptions): Crowd {
  const { url, token, run, rooms, crowds, remainder, seed, createClient } = settings;
  const members = new Map<number, LoadMember>();
  const talks: TalkRecorder[] = [];
  const acknowledged = new Map<string, NumberRanges>();
  const refused: Record<string, number> = {};
  const errors: Record<string, number> = {};
  const counts = { offered: 0, stored: 0, delivered: 0 };
  const frames = { frames: 0, frameCharacters: 0, pushes: 0, gapsRepaired: 0, resets: 0 };
  const enterMs = createHistogram();
  const storedMs = createHistogram();
  const pushedMs = createMinutes();
  const underWay = new Set<Promise<void>>();
  const decode = rememberLast(String, (one: Buffer, other: Buffer) => one.equals(other));
  /** While a frame is read: the clock is asked once, not for each of its messages. */
  let frameAt: number | undefined;
  let talking = new AbortController();

  const has = (member: number) => member % crowds === remainder;
  const roomOf = (member: number) => `load-${run}-${member % rooms}`;

  const frameIsRead = () => {
    frameAt = undefined;
  };

  const events = {
    onDelivery({ talk, intendedAt }: Mark) {
      counts.delivered += 1;
      talks[talk]?.delivered(intendedAt, frameAt ?? now());
    },
    onFrame(text: string) {
      const at = now();
      frameAt = at;
      queueMicrotask(frameIsRead);
      if (ERROR_FRAME.test(text)) {
        const { code } = JSON.parse(text);
        errors[code] = (errors[code] ?? 0) + 1;
      }
      const push = readPush(text);
      if (push === undefined) return;
      frames.pushes += 1;
      if (!push.hasMessages) return;
      frames.frames += 1;
      frames.frameCharacters += text.length;
      if (push.givenAt !== undefined) pushedMs.record(at, at - push.givenAt);
    },
    onGap() {
      frames.gapsRepaired += 1;
    },
    onReset() {
      frames.resets += 1;
    },
  };

  async function send(number: number, text: string, mark: Mark): Promise<void> {
    counts.offered += 1;
    talks[mark.talk]?.offered(mark.intendedAt);
    const outcome = (await members.get(number)?.send(text, mark)) ?? 'NOT_ENTERED';
    if (typeof outcome === 'string') {
      refused[outcome] = (refused[outcome] ?? 0) + 1;
      return;
    }
    counts.stored += 1;
    talks[mark.talk]?.stored(now());
    storedMs.record(now() - mark.intendedAt);
    const roomId = roomOf(number);
    const numbers = acknowledged.get(roomId) ?? createNumberRanges();
    acknowledged.set(roomId, numbers);
    numbers.add(outcome);
  }

  /** The senders of a room take turns. Each crowd knows all of them, and lets its own speak. */
  function talkIn(room: number, index: number, talk: Talk): Promise<void> {
    const { signal } = talking;
    const senders = Math.min(talk.sendersPerRoom, Math.ceil((settings.members - room) / rooms));
    const random = seededRandom(seed + index * rooms + room + 1);
    const text = 'x'.repeat(talk.textLength);
    const times = intendedTimes({ ...talk, phase: (room + 0.5) / rooms, random });
    return keepPace(
      times,
      (intendedAt, count) => {
        const sender = room + (count % senders) * rooms;
        if (!has(sender)) return;
        const sending = send(sender, text, { run, talk: index, intendedAt });
        underWay.add(sending);
        void sending.finally(() => underWay.delete(sending));
      },
      {
        startAt: talk.startAt,
        now,
        sleep: (ms) => delay(ms, undefined, { signal }).catch(() => {}),
        isOver: () => signal.aborted,
      },
    );
  }

  return {
    members,
    has,
    async enter(number, open) {
      const startedAt = now();
      const member = createLoadMember({
        url,
        run,
        userId: `load-${number}`,
        roomId: roomOf(number),
        ...(token !== undefined && { token }),
        ...(open && { open }),
        ...(createClient && { createClient }),
        decode,
        ...events,
      });
      members.set(number, member);
      await member.enter();
      enterMs.record(now() - startedAt);
    },
    async talk(talk) {
      talking = new AbortController();
      const index = talks.push(createTalkRecorder(talk.startAt, settings.intervalMs)) - 1;
      await Promise.all(Array.from({ length: rooms }, (_, room) => talkIn(room, index, talk)));
    },
    hush: () => talking.abort(),
    underWay: () => [...underWay],
    roomOf,
    progress: () => ({
      ...counts,
      live: [...members.values()].filter(({ isLive }) => isLive).length,
      attempts: sumOf('attempts'),
      failedAttempts: sumCounts([...members.values()].map((member) => member.failedAttempts)),
    }),
    observations: () => ({
      talks: talks.map((talk) => talk.data()),
      acknowledged: Object.fromEntries(
        Array.from(acknowledged, ([roomId, numbers]) => [roomId, numbers.data()]),
      ),
      members: [...members.values()].map((member) => member.seen()),
      enterMs: enterMs.data(),
      storedMs: storedMs.data(),
      pushedMs: pushedMs.data(),
      refused: { ...refused },
      errors: { ...errors },
      attempts: sumOf('attempts'),
      opened: sumOf('opened'),
      failedAttempts: sumCounts([...members.values()].map((member) => member.failedAttempts)),
      ...frames,
    }),
    close() {
      talking.abort();
      for (const member of members.values()) member.close();
    },
  };

  function sumOf(name: 'attempts' | 'opened'): number {
    return [...members.values()].reduce((sum, member) => sum + member[name], 0);
  }
}
