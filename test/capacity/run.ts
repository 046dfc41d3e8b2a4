/** `npm run capacity`: what a load does to quotas, latency and the bill, before anybody deploys it. */
import { toTable } from '../bench/report.ts';
import { finish, readScriptOptions, say } from '../load/script.ts';
import { byStreamBatch } from './pacing.ts';
import { mostThatFits, type Plan, planFor, type Verdict } from './plan.ts';
import { LIMITS } from './platform.ts';

const HELP = `Usage: npm run capacity -- [options]

  --members <number>   connections in each room                    default 1000
  --rate <number>      messages a second in each room              default 1
  --rooms <number>     rooms, all alike                            default 1
  --bytes <number>     a message as JSON                           default 300
  --quota <number>     requests/s that the account is granted      default ${LIMITS.requestsPerSecond}
  --json               print the plan as JSON
  --help               this text

A model, not a measurement: what it takes for granted is in test/capacity/platform.ts, with the list
prices of us-east-1 as of November 2026. Exits with 1 if the load does not fit the quota.`;

const { json, members, rate, rooms, bytes, quota } = readScriptOptions(HELP, {
  members: 1_000,
  rate: 1,
  rooms: 1,
  bytes: 300,
  quota: LIMITS.requestsPerSecond,
});

for (const [name, value] of Object.entries({ members, rooms })) {
  if (Number.isInteger(value)) continue;
  say(`--${name} must be a whole number, not "${value}".`);
  process.exit(2);
}

const load = { rooms, members, messagesPerSecond: rate, messageBytes: bytes };
const options = { quota, pacing: byStreamBatch };
const plan = planFor(load, options);
const most = {
  members: Math.floor(mostThatFits(load, 'members', options)),
  messagesPerSecond: mostThatFits(load, 'messagesPerSecond', options),
  rooms: Math.floor(mostThatFits(load, 'rooms', options)),
};
const ok = plan.verdict.kind === 'fits';

if (json) finish({ load, quota, ...plan, mostThatFits: most }, { json, ok });
else {
  process.stdout.write(`${toText(plan)}\n`);
  if (!ok) process.exitCode = 1;
}

function toText({ traffic, latency, concurrency, monthly, ...rest }: Plan): string {
  const rows = {
    'posts/s': traffic.posts,
    'posts per member and message': traffic.posts / (traffic.messages * members),
    'requests/s against the quota': traffic.gatewayRequests,
    'share of the quota': percent(rest.quotaShare),
    'window that messages wait for each other': ms(traffic.windowMs),
    'first member has it after': ms(latency.firstMs),
    'last member of the room has it after':
      latency.lastMs === undefined ? 'never: the backlog grows' : ms(latency.lastMs),
    'table units, written/s': traffic.tableWrites,
    'table units, read/s': traffic.tableReads,
    'SQS requests/s, as billed': traffic.sqsRequests,
    '1-send, at once': concurrency.send,
    '2-fan-out, at once': concurrency.fanOut,
    '3-deliver, at once': concurrency.deliver,
    'cost per million messages': dollars(rest.perMillionMessages),
    'cost per month': dollars(monthly.total),
    'of which API Gateway': dollars(monthly.apiGateway),
    egress: dollars(monthly.egress),
    DynamoDB: dollars(monthly.dynamoDb),
    SQS: dollars(monthly.sqs),
    Lambda: dollars(monthly.lambda),
    logs: dollars(monthly.logs),
  };
  const table = Object.entries(rows).map(([figure, value]) => ({ figure, value }));
  return [
    `${rooms.toLocaleString('en-US')} × ${members.toLocaleString('en-US')} members, ${rate} messages/s in each room, ${bytes} bytes each`,
    '',
    ...toTable(table),
    '',
    ...rest.warnings.map((warning) => `Mind: ${warning}`),
    adviceOn(rest.verdict),
    `At this quota fit, the others as given: ${threeDigits(most.messagesPerSecond)} messages/s, or ${threeDigits(most.members)} members, or ${threeDigits(most.rooms)} rooms.`,
  ].join('\n');
}

function adviceOn(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'fits':
      return `It fits the quota of ${quota.toLocaleString('en-US')} requests/s.`;
    case 'raise-quota':
      return `Have the quota raised to ${verdict.to.toLocaleString('en-US')} requests/s, and maxConcurrency of the delivery with it.`;
    case 'managed-service':
      return `A service that publishes once for all members is the better choice: ${verdict.because}.`;
  }
}

function threeDigits(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function percent(share: number): string {
  return `${threeDigits(share * 100)} %`;
}

function ms(value: number): string {
  return value < 1_000 ? `${value.toFixed(0)} ms` : `${(value / 1_000).toFixed(1)} s`;
}

function dollars(value: number): string {
  const digits = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  return `$${value.toLocaleString('en-US', digits)}`;
}
