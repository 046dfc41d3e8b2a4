/** `npm run tail`: follows a room, or one message, through all of its stations. */
import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { systemClock } from '../../shared/lambda/time.ts';
import { reachStack, runCommand, say, stopAtInterrupt, tell } from '../common/command.ts';
import { createCloudLog, logGroupsOf } from './cloud-log.ts';
import { type CommandLine, HELP, readCommandLine } from './command-line.ts';
import { createLocalLog } from './local-log.ts';
import { type LogSource, tail } from './tail.ts';

async function openLog(options: CommandLine): Promise<LogSource> {
  if (options.stack === 'local') return createLocalLog(options);
  const { resources } = await reachStack(options);
  return createCloudLog({
    ...options,
    client: new CloudWatchLogsClient(),
    logGroupNames: logGroupsOf(resources),
    clock: systemClock,
    sleep: (delayMs, signal) => delay(delayMs, undefined, { signal }).catch(() => {}),
  });
}

async function run(options: CommandLine): Promise<number> {
  const source = await openLog(options);
  const { subject, since } = options;
  const shown = await tail(source, { subject, since, signal: stopAtInterrupt(), show: tell });
  if (shown > 0) return 0;
  const what = subject.kind === 'room' ? `room ${subject.roomId}` : `message ${subject.messageId}`;
  say(`Nothing was logged of ${what} since ${new Date(since).toISOString()}.`);
  return 1;
}

await runCommand({
  help: HELP,
  read: (args) => readCommandLine(args, systemClock.now()),
  run,
});
