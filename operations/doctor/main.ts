/** `npm run doctor`: says what is wrong with a stack. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { systemClock } from '../../shared/lambda/time.ts';
import { reachStack, runCommand, tell } from '../common/command.ts';
import type { Target } from '../common/options.ts';
import { createChecks } from './checks.ts';
import { HELP, readCommandLine } from './command-line.ts';
import { examine } from './finding.ts';
import { describe, exitStatusOf } from './report.ts';

const COULD_NOT_LOOK = 2;

async function run(target: Target): Promise<number> {
  const access = await reachStack(target);
  const clients = {
    cloudWatch: new CloudWatchClient(),
    logs: new CloudWatchLogsClient(),
    quotas: new ServiceQuotasClient(),
  };
  const examination = await examine(createChecks(access, clients, systemClock));
  tell(describe(examination));
  return exitStatusOf(examination);
}

await runCommand({ help: HELP, read: readCommandLine, run, unexpected: COULD_NOT_LOOK });
