import {
  type CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  GetQueryResultsCommand,
  StartLiveTailCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Clock } from '../../shared/domain/ports.ts';
import type { Sleep } from '../common/pace.ts';
import { StackError, type StackResource } from '../common/stack-facts.ts';
import { parseLine } from './log-line.ts';
import type { Subject } from './subject.ts';
import type { LogSource } from './tail.ts';

export interface CloudLogOptions {
  client: CloudWatchLogsClient;
  logGroupNames: string[];
  subject: Subject;
  /** Milliseconds since the epoch. */
  since: number;
  follow: boolean;
  clock: Clock;
  sleep: Sleep;
}

/** What Logs Insights returns at most. */
const RESULTS_MAX = 10_000;
const POLL_MS = 500;

/** The logs of all functions that a message passes. */
export function logGroupsOf(resources: readonly StackResource[]): string[] {
  const names = resources
    .filter(({ type, logicalId }) => type === 'AWS::Logs::LogGroup' && /^Messages/.test(logicalId))
    .map(({ physicalId }) => physicalId);
  if (names.length === 0) throw new StackError('The stack has no logs of its message pipeline.');
  return names;
}

/** What a deployed stack has logged, by Logs Insights, and what it logs from now on, by Live Tail. */
export function createCloudLog(options: CloudLogOptions): LogSource {
  const { client, logGroupNames, subject, since, follow, clock, sleep } = options;

  async function query(condition: string, signal: AbortSignal): Promise<string[]> {
    const { queryId } = await client.send(
      new StartQueryCommand({
        logGroupNames,
        startTime: Math.floor(since / 1_000),
        endTime: Math.ceil(clock.now() / 1_000) + 1,
        queryString: `fields @message | filter ${condition} | sort @timestamp asc`,
        limit: RESULTS_MAX,
      }),
    );
    while (!signal.aborted) {
      const { status, results = [] } = await client.send(new GetQueryResultsCommand({ queryId }));
      if (status === 'Complete') {
        return results.flatMap((fields) => fields.find(isMessage)?.value ?? []);
      }
      if (status !== 'Scheduled' && status !== 'Running') {
        throw new Error(`Logs Insights ended the query with the status ${status}.`);
      }
      await sleep(POLL_MS, signal);
    }
    return [];
  }

  async function findRoom(signal: AbortSignal): Promise<string | undefined> {
    if (subject.kind === 'room') return subject.roomId;
    const stored = await query(`messageId = "${subject.messageId}"`, signal);
    return stored.map(parseLine).find((line) => line !== undefined)?.roomId;
  }

  async function startLiveTail(roomId: string | undefined, signal: AbortSignal) {
    const logGroupIdentifiers = await Promise.all(logGroupNames.map(arnOf));
    const logEventFilterPattern =
      roomId === undefined ? '{ $.roomId = * }' : `{ $.roomId = "${roomId}" }`;
    const command = new StartLiveTailCommand({ logGroupIdentifiers, logEventFilterPattern });
    const { responseStream = [] } = await client.send(command, { abortSignal: signal });
    return responseStream;
  }

  async function arnOf(logGroupNamePrefix: string): Promise<string> {
    const { logGroups = [] } = await client.send(
      new DescribeLogGroupsCommand({ logGroupNamePrefix }),
    );
    const found = logGroups.find(({ logGroupName }) => logGroupName === logGroupNamePrefix);
    if (found?.logGroupArn === undefined) {
      throw new StackError(`There is no log group ${logGroupNamePrefix}.`);
    }
    return found.logGroupArn;
  }

  return async function* lines(signal) {
    const roomId = await findRoom(signal);
    if (signal.aborted) return;
    try {
      // Before the past is asked for, so that nothing falls between; what comes twice is shown once.
      const live = follow ? await startLiveTail(roomId, signal) : [];
      const past = roomId === undefined ? [] : await query(`roomId = "${roomId}"`, signal);
      yield past;
      const known = new Set(past);
      for await (const { sessionUpdate, ...ends } of live) {
        const ended = ends.SessionTimeoutException ?? ends.SessionStreamingException;
        if (ended !== undefined) throw ended;
        const texts = (sessionUpdate?.sessionResults ?? []).map(({ message = '' }) => message);
        yield texts.filter((text) => !known.has(text));
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
}

const isMessage = ({ field }: { field?: string | undefined }) => field === '@message';
