/** `npm run capacity`: what a load does to quotas, latency and the bill, before anybody deploys it. */
import { readOptions, refuse } from '../support/script.ts';
import { describePlans, type Planned } from './describe.ts';
import { deployedLimits, pacedBy } from './pacing.ts';
import { mostThatFits, planFor } from './plan.ts';
import { LIMITS } from './platform.ts';
import type { Load } from './traffic.ts';

const HELP = `Usage: npm run capacity -- [options]

  --members <numbers>   connections in each room                   default 1000
  --rate <numbers>      messages a second in each room             default 1
  --rooms <number>      rooms, all alike                           default 1
  --bytes <number>      a message as JSON                          default 300
  --quota <number>      requests/s that the account is granted     default ${LIMITS.requestsPerSecond}
  --json                print the plans as JSON
  --help                this text

Members and rates may be lists, as in --members 10,100,1000: each combination becomes a column.
A model, not a measurement: what it takes for granted is in test/capacity/platform.ts, with the list
prices of us-east-1 as of November 2026. Exits with 1 if a load does not fit the quota.`;

const values = readOptions(HELP, {
  members: { type: 'string', default: '1000' },
  rate: { type: 'string', default: '1' },
  rooms: { type: 'string', default: '1' },
  bytes: { type: 'string', default: '300' },
  quota: { type: 'string', default: String(LIMITS.requestsPerSecond) },
  json: { type: 'boolean' },
});
const [rooms = 1] = read('rooms', { whole: true, one: true });
const [messageBytes = 1] = read('bytes', { whole: true, one: true });
const [quota = 1] = read('quota', { one: true });
const planned = read('members', { whole: true }).flatMap((members) =>
  read('rate').map((messagesPerSecond) =>
    plan({ rooms, members, messagesPerSecond, messageBytes }, quota),
  ),
);
const text = values.json ? JSON.stringify(planned, null, 2) : describePlans(planned);
process.stdout.write(`${text}\n`);
if (planned.some(({ plan: { verdict } }) => verdict.kind !== 'fits')) process.exitCode = 1;

function plan(load: Load, quota: number): Planned {
  const options = { quota, pacing: pacedBy(deployedLimits(quota)) };
  return {
    load,
    quota,
    plan: planFor(load, options),
    mostThatFits: {
      members: Math.floor(mostThatFits(load, 'members', options)),
      messagesPerSecond: mostThatFits(load, 'messagesPerSecond', options),
      rooms: Math.floor(mostThatFits(load, 'rooms', options)),
    },
  };
}

function read(
  option: 'members' | 'rate' | 'rooms' | 'bytes' | 'quota',
  { whole = false, one = false } = {},
): number[] {
  const given = values[option];
  const numbers = given.split(',').map(Number);
  const right = (value: number) =>
    Number.isFinite(value) && value > 0 && (!whole || Number.isInteger(value));
  if (numbers.every(right) && (!one || numbers.length === 1)) return numbers;
  const wanted = `${one ? 'a' : 'one or more'} ${whole ? 'whole ' : ''}number${one ? '' : 's'} above 0`;
  return refuse(`--${option} must be ${wanted}, not "${given}".`);
}
