import { toTable } from '../bench/report.ts';
import type { Plan, Verdict } from './plan.ts';
import type { Load } from './traffic.ts';

/** A plan with what it was made for. */
export interface Planned {
  load: Load;
  quota: number;
  plan: Plan;
  /** What would still fit the quota, the other quantities as given. */
  mostThatFits: { members: number; messagesPerSecond: number; rooms: number };
}

/** Plans side by side: one column each, and a line of advice for each below. */
export function describePlans(planned: readonly Planned[]): string {
  const columns = planned.map(({ load, plan }) => ({
    title: titleOf(load),
    cells: figures(load, plan),
  }));
  const rows = Object.keys(columns[0]?.cells ?? {}).map((figure) => ({
    figure,
    ...Object.fromEntries(columns.map(({ title, cells }) => [title, cells[figure] ?? ''])),
  }));
  return [...toTable(rows), ...planned.flatMap((one) => ['', ...advice(one)])].join('\n');
}

function titleOf({ rooms, members, messagesPerSecond }: Load): string {
  const room = `${whole(members)} members, ${threeDigits(messagesPerSecond)}/s`;
  return rooms === 1 ? room : `${whole(rooms)} × ${room}`;
}

function figures(load: Load, plan: Plan): Record<string, string> {
  const { traffic, latency, concurrency, monthly } = plan;
  const { firstMs, lastMs } = latency;
  const atOnce = [concurrency.send, concurrency.fanOut, concurrency.deliver];
  return {
    'posts/s': whole(traffic.posts),
    'posts per member and message': threeDigits(traffic.posts / (traffic.messages * load.members)),
    'requests/s against the quota': whole(traffic.gatewayRequests),
    'share of the quota': `${threeDigits(plan.quotaShare * 100)} %`,
    window: duration(traffic.windowMs),
    'first member has it after': duration(firstMs),
    'last member has it after': lastMs === undefined ? 'never' : duration(lastMs),
    'table units written/s': threeDigits(traffic.tableWrites),
    'table units read/s': threeDigits(traffic.tableReads),
    'SQS requests/s, as billed': threeDigits(traffic.sqsRequests),
    '`1-send`, `2-fan-out`, `3-deliver` at once': atOnce.map(threeDigits).join(', '),
    'cost of a million messages': dollars(plan.perMillionMessages),
    'cost of a month': dollars(monthly.total),
    'of which API Gateway': dollars(monthly.apiGateway),
    egress: dollars(monthly.egress),
    DynamoDB: dollars(monthly.dynamoDb),
    'SQS, Lambda, logs': dollars(monthly.sqs + monthly.lambda + monthly.logs),
  };
}

function advice({ load, quota, plan, mostThatFits }: Planned): string[] {
  const { members, messagesPerSecond, rooms } = mostThatFits;
  return [
    `${titleOf(load)}: ${verdictText(plan.verdict, quota)}`,
    ...plan.warnings.map((warning) => `  Mind: ${warning}`),
    `  What fits, the rest as given: ${threeDigits(messagesPerSecond)} messages/s, or ${whole(members)} members, or ${whole(rooms)} rooms.`,
  ];
}

function verdictText(verdict: Verdict, quota: number): string {
  switch (verdict.kind) {
    case 'fits':
      return `fits the quota of ${whole(quota)} requests/s.`;
    case 'raise-quota':
      return `have the quota raised to ${whole(verdict.to)} requests/s.`;
    case 'managed-service':
      return `a service that publishes once for all members is the better choice: ${verdict.because}.`;
  }
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function threeDigits(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

function duration(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function dollars(value: number): string {
  const digits = value < 100 ? 2 : 0;
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
