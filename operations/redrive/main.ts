/** `npm run redrive`: shows what was set aside, and moves it back. */
import { setTimeout as delay } from 'node:timers/promises';
import { createDeliveryQueue, createRoomJobQueue } from '../../shared/aws/queues.ts';
import { systemClock } from '../../shared/lambda/time.ts';
import { INTERRUPTED, reachStack, runCommand, say, stopAtInterrupt } from '../common/command.ts';
import type { StackAccess } from '../common/stack-access.ts';
import { createBatchLetters } from './batch-letters.ts';
import { type CommandLine, HELP, readCommandLine } from './command-line.ts';
import { createDeliveryReader } from './delivery-letters.ts';
import { createFanOutAgain } from './fan-out-again.ts';
import { createFanOutReader } from './fan-out-letters.ts';
import { createFlushReader } from './flush-letters.ts';
import { joinSources, type LetterSource } from './letter-source.ts';
import { createQueueLetters } from './queue-letters.ts';
import { type RedriveEnd, redrive } from './redrive.ts';
import { createReport, type Report } from './report.ts';

/** As long as letters stay hidden if this process is killed; a slow rate takes longer over a page. */
const HOLD_SECONDS = 60;
const HOLD_MAX_SECONDS = 43_200;
const POLL_SECONDS = 1;
const PROGRESS_INTERVAL_MS = 1_000;

function openSource(access: StackAccess, { dlq, perSecond }: CommandLine): LetterSource {
  const { outputs, sqs, s3, lambda } = access;
  const startedAt = systemClock.now();
  const holdSeconds = Math.min(HOLD_MAX_SECONDS, Math.ceil(HOLD_SECONDS + 10 / perSecond));
  const queue = { client: sqs, startedAt, holdSeconds, pollSeconds: POLL_SECONDS };
  if (dlq === 'delivery') {
    const read = createDeliveryReader(
      createDeliveryQueue({ client: sqs, queueUrl: outputs.DeliveryQueueUrl }),
    );
    return createQueueLetters({ ...queue, queueUrl: outputs.DeliveryDlqUrl, read });
  }
  if (dlq === 'flush') {
    const read = createFlushReader(
      createRoomJobQueue({ client: sqs, queueUrl: outputs.FlushQueueUrl }),
    );
    return createQueueLetters({ ...queue, queueUrl: outputs.FlushDlqUrl, read });
  }
  const fanOutAgain = createFanOutAgain(lambda, outputs.FanOutFunctionName);
  return joinSources([
    createQueueLetters({
      ...queue,
      queueUrl: outputs.FanOutDlqUrl,
      read: createFanOutReader(fanOutAgain),
    }),
    createBatchLetters({ client: s3, bucket: outputs.GivenUpBucketName, fanOutAgain, startedAt }),
  ]);
}

const ENDS: Record<RedriveEnd, string> = {
  'all-seen': '',
  'max-reached': ' Stopped at --max; run it again for the rest.',
  stopped: ' Stopped; run it again for the rest.',
  refused: ' Stopped, since nothing was taken; run it again when the cause is gone.',
};

function summary(report: Report, dryRun: boolean): string {
  const moved = dryRun
    ? `${report.count('movable')} can be moved`
    : `${report.count('moved')} moved`;
  return `${moved}, ${report.count('stuck') + report.count('failed')} stay`;
}

async function run(options: CommandLine): Promise<number> {
  const access = await reachStack(options);
  const signal = stopAtInterrupt('Bringing to an end what is under way …');
  const source = openSource(access, options);
  const report = createReport();
  const count = await source.count();
  const progress = setInterval(() => {
    say(`${summary(report, options.dryRun)}, of about ${count} …`);
  }, PROGRESS_INTERVAL_MS);
  try {
    const end = await redrive(source, {
      ...options,
      clock: systemClock,
      sleep: (delayMs, signal) => delay(delayMs, undefined, { signal }).catch(() => {}),
      signal,
      onFate: report.add,
    });
    const table = report.table(systemClock.now());
    const nothing = table === '' && end === 'all-seen';
    if (table !== '') process.stdout.write(`${table}\n\n`);
    process.stdout.write(
      nothing ? 'There are no letters.\n' : `${summary(report, options.dryRun)}.${ENDS[end]}\n`,
    );
    if (end === 'stopped') return INTERRUPTED;
    return !options.dryRun && report.count('stuck') + report.count('failed') > 0 ? 1 : 0;
  } finally {
    clearInterval(progress);
  }
}

await runCommand({ help: HELP, read: readCommandLine, run });
