import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionName } from '../../services/env.ts';
import type { Watched } from './watched.ts';

interface SavedQuery {
  /** A sentence that ends what "show me …" begins. */
  name: string;
  /** Whose log; absent: everybody's. */
  of?: FunctionName[];
  /** Logs Insights, a line a command. What a person has to fill in is in capitals. */
  lines: string[];
}

const newestFirst = ['sort @timestamp desc', 'limit 200'];

/** The questions of the runbook. Messages and fields are those of the log lines; texts are in none. */
export const SAVED_QUERIES: SavedQuery[] = [
  {
    name: 'errors, newest first',
    lines: [
      'fields @timestamp, service, message, error.name, error.message',
      'filter level = "ERROR"',
      ...newestFirst,
    ],
  },
  {
    name: 'errors, by kind',
    lines: [
      'filter level = "ERROR"',
      'stats count(*) as times, max(@timestamp) as last by service, message, error.name, reason',
      'sort times desc',
    ],
  },
  {
    name: 'one room',
    lines: [
      'fields @timestamp, service, message, @message',
      'filter roomId = "ROOM-ID" or @message like /"ROOM-ID"/',
      ...newestFirst,
    ],
  },
  {
    name: 'one connection',
    lines: [
      'fields @timestamp, service, message, @message',
      'filter connectionId = "CONNECTION-ID" or @message like /"CONNECTION-ID"/',
      ...newestFirst,
    ],
  },
  {
    name: 'requests that failed, by route',
    lines: [
      'filter message = "route failed"',
      'stats count(*) as times, max(@timestamp) as last by service, error.name, error.message',
      'sort times desc',
    ],
  },
  {
    name: 'who was turned away, and why',
    of: ['authorize'],
    lines: ['filter message = "refused"', 'stats count(*) as times by reason, bin(5m)'],
  },
  {
    name: 'how connections end, and how long they last',
    of: ['disconnect'],
    lines: [
      'filter message = "disconnected"',
      'stats count(*) as times, avg(lastedMs) / 60000 as minutes by code, reason',
      'sort times desc',
    ],
  },
  {
    name: 'what fan-out does in a minute',
    of: ['fanOut'],
    lines: [
      'filter message = "fanned out"',
      'stats count(*) as batches, sum(messages) as stored, sum(members) as reached, sum(jobs) as enqueued, max(members) as largest by bin(1m)',
    ],
  },
  {
    name: 'rooms that are paced',
    of: ['flush'],
    lines: [
      'filter message = "room flushed"',
      'stats count(*) as flushes, sum(messages) as enqueued, max(members) as largest, max(windowMs) as longestWindow, max(oldestWaitMs) as longestWait by roomId',
      'sort flushes desc',
    ],
  },
  {
    name: 'rooms whose fan-out failed',
    of: ['fanOut'],
    lines: [
      'filter message = "fan-out of a room failed"',
      'stats count(*) as times, max(@timestamp) as last by roomId, error.name, error.message',
      'sort times desc',
    ],
  },
  {
    name: 'what deliver does in a minute',
    of: ['deliver'],
    lines: [
      'filter message = "delivered"',
      'stats count(*) as batches, sum(recipients) as reached, sum(requeued) as again, sum(givenUp) as lost, sum(removed) as gone, min(postsPerSecond) as slowest by bin(1m)',
    ],
  },
  {
    name: 'recipients given up or lost, by room',
    of: ['deliver'],
    lines: [
      'filter message in ["recipients given up", "recipients lost"]',
      'stats count(*) as times, max(@timestamp) as last by message, outcome, roomId',
      'sort times desc',
    ],
  },
  {
    name: 'slow consumers, by room',
    of: ['deliver'],
    lines: [
      'filter message = "slow connections closed"',
      'stats count(*) as times, max(@timestamp) as last by roomId',
      'sort times desc',
    ],
  },
  {
    name: 'poison, by reason',
    of: ['fanOut', 'flush', 'deliver', 'announce'],
    lines: [
      'filter message in ["poison stream record", "poison flush job", "poison delivery job", "membership record dropped"]',
      'stats count(*) as times, max(@timestamp) as last by message, reason, error.message',
      'sort times desc',
    ],
  },
  {
    name: 'cold starts',
    lines: ['filter coldStarts > 0', 'stats sum(coldStarts) as started by service, bin(5m)'],
  },
];

/** Logs Insights queries that come with the stack, in a folder of its name. */
export class Queries extends Construct {
  constructor(scope: Construct, id: string, { config, functions }: Watched) {
    super(scope, id);
    const names = Object.keys(functions) as FunctionName[];
    SAVED_QUERIES.forEach(({ name, of = names, lines }, index) => {
      new CfnQueryDefinition(this, `Query${index + 1}`, {
        name: `roomcast-${config.stage}/${name}`,
        queryString: lines.join('\n| '),
        logGroupNames: of.map((fn) => functions[fn].logGroup.logGroupName),
      });
    });
  }
}
