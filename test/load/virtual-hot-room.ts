/** `npm run virtual-hot-room`: what fifty quiet rooms notice of a hot one, on virtual time. */

import { refuse, say } from '../support/script.ts';
import { finish, readScriptOptions } from './script.ts';
import { DEPLOYED, runBesideHotRoom } from './virtual-hot-room-run.ts';

const HELP = `Usage: npm run virtual-hot-room -- [options]

  --members <number>   of the hot room, 1 to 100000                   default 2000
  --rate <number>      messages a second in it, 0.1 to 1000           default 50
  --seconds <number>   how long, on virtual time, 2 to 600            default 20
  --json               print the report as JSON
  --help               this text

Fifty rooms of ten members, with a message every two seconds each: alone, beside the hot room as it
is paced, and beside it as if nobody paced it. The pipeline runs its real functions over simulated
tables and queues; a post takes 15 ms and draws on the account's bucket. A sender that is told to
wait does so and sends again, as the library does (toldToWait says how often); latencies begin with
its first attempt, and are of what was posted by three seconds after the end. A second to warm up
comes before, and is not counted. Exits with 1 if the p99 of the quiet rooms beside the paced room
is a fifth above what it is alone, or more.`;

const { members, rate, seconds, json } = readScriptOptions(
  HELP,
  { members: 2_000, rate: 50, seconds: 20 },
  {
    members: { min: 1, max: 100_000, isWhole: true },
    rate: { min: 0.1, max: 1_000 },
    // Every quiet room has its turn.
    seconds: { min: 2, max: 600 },
  },
);
if (rate * seconds < 1) {
  refuse(
    `--rate ${rate} is no message in ${seconds} seconds: take more --seconds or a higher rate.`,
  );
}
const hot = { members, messagesPerSecond: rate };
const RISE_MAX = 1.2;

async function measure(name: string, options: Parameters<typeof runBesideHotRoom>[0]) {
  say(`${name} …`);
  const { quiet, hot: inHot, postsAt, refusedPosts } = await runBesideHotRoom(options);
  return { quiet, ...(options.hot && { hot: inHot }), posts: postsAt.length, refusedPosts };
}

const alone = await measure('quiet rooms alone', { seconds, pacing: DEPLOYED });
const paced = await measure('beside a hot room', { seconds, pacing: DEPLOYED, hot });
const unpaced = await measure('beside a hot room that is not paced', {
  seconds,
  pacing: {
    ...DEPLOYED,
    roomPostsPerSecond: Number.MAX_SAFE_INTEGER,
    roomPostsAtOnce: Number.MAX_SAFE_INTEGER,
  },
  hot,
});
const rise = {
  paced: paced.quiet.p99Ms / alone.quiet.p99Ms,
  unpaced: unpaced.quiet.p99Ms / alone.quiet.p99Ms,
};
finish({ alone, paced, unpaced, rise }, { json, ok: rise.paced < RISE_MAX });
