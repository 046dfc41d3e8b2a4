/** The thread of the clients, so that their latencies are not those of the stack's own thread. */
import { setTimeout as delay } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { seededRandom } from '../../support/seeded-random.ts';
import { obeyInThread } from '../../support/thread.ts';
import { type Application, createApplication } from './application.ts';
import type { CrowdOrders, CrowdSettings } from './crowd-orders.ts';

const { url, roomsOf, rate, seed }: CrowdSettings = workerData;

/** Cold starts of a few environments stand behind so many clients at once. */
const ENTER_AT_ONCE = 20;
const PAUSED_AT_ONCE = 3;

const random = seededRandom(seed);
const applications = [...roomsOf].map(([client, roomId], index) =>
  createApplication({ url, client, roomId, random: seededRandom(seed + index + 1) }),
);
/** The members of each room. */
const rooms = [...Map.groupBy(applications, ({ roomId }) => roomId).values()];
const talking = new AbortController();

const some = (draw: number, members: readonly Application[], count: number) => {
  const from = Math.floor(draw * members.length);
  return [...members.slice(from), ...members.slice(0, from)].slice(0, count);
};

/** One message after the other, at a rate that outages do not add up to a burst. */
async function converse(application: Application): Promise<void> {
  const { signal } = talking;
  for (let count = 1; !signal.aborted; count += 1) {
    await delay((1_000 / rate) * (0.5 + random()), undefined, { signal }).catch(() => {});
    if (!signal.aborted) await application.send(`message ${count}`);
  }
}

/** How many did not make it. */
async function failures(attempts: Promise<unknown>[]): Promise<number> {
  const results = await Promise.allSettled(attempts);
  return results.filter(({ status }) => status === 'rejected').length;
}

obeyInThread<CrowdOrders>({
  async enter() {
    for (let index = 0; index < applications.length; index += ENTER_AT_ONCE) {
      const batch = applications.slice(index, index + ENTER_AT_ONCE);
      await Promise.all(batch.map((application) => application.enter()));
    }
    return undefined;
  },
  async talk() {
    for (const application of applications) void converse(application);
    return undefined;
  },
  async pause({ draw }) {
    const members = rooms[Math.floor(draw * rooms.length)] ?? [];
    const paused = some(draw, members, Math.min(PAUSED_AT_ONCE, members.length - 1));
    for (const member of paused) member.pause();
    return { paused: paused.map(({ client }) => client) };
  },
  async resume({ paused }) {
    for (const application of applications) {
      if (paused.includes(application.client)) application.resume();
    }
    return undefined;
  },
  async cut({ draw, share }) {
    const chosen = some(draw, applications, Math.ceil(share * applications.length));
    return { cut: chosen.filter((application) => application.cut()).length };
  },
  async hush({ withinMs }) {
    talking.abort();
    await failures(applications.map((application) => application.quiet(withinMs)));
    return { unanswered: applications.reduce((sum, { unanswered }) => sum + unanswered, 0) };
  },
  async word({ withinMs }) {
    const spoken = rooms.map(async (members) => {
      const deadline = performance.now() + withinMs;
      const late = delay(withinMs, undefined, { ref: false });
      const seq = await Promise.race([members[0]?.send('a last word'), late]);
      const leftMs = Math.max(0, deadline - performance.now());
      return failures(members.map((member) => member.reached(seq ?? Infinity, leftMs)));
    });
    const behind = await Promise.all(spoken);
    return { behind: behind.reduce((sum, count) => sum + count, 0) };
  },
  async progress() {
    const of = (kind: string) =>
      applications.reduce(
        (sum, { history }) => sum + history.filter((event) => event.kind === kind).length,
        0,
      );
    return {
      open: applications.filter(({ isOpen }) => isOpen).length,
      sent: of('sending'),
      acknowledged: of('acknowledged'),
      shown: of('shown'),
    };
  },
  async end() {
    const history = applications.flatMap((application) => application.history);
    for (const application of applications) application.close();
    return { history };
  },
});
