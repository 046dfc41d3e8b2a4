import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { Clock } from '../../shared/domain/ports.ts';
import type { StackAccess } from '../common/stack-access.ts';
import { alarmCheck } from './alarm-check.ts';
import { bucketCheck } from './bucket-check.ts';
import { deadRowsCheck } from './dead-rows-check.ts';
import { CannotTell, type Check } from './finding.ts';
import { lagCheck } from './lag-check.ts';
import { logCheck } from './log-check.ts';
import { createMappings, mappingCheck } from './mappings.ts';
import { queueChecks } from './queue-checks.ts';
import { quotaCheck } from './quota-check.ts';
import { tableChecks } from './table-checks.ts';

export interface CheckClients {
  cloudWatch: CloudWatchClient;
  logs: CloudWatchLogsClient;
  quotas: ServiceQuotasClient;
}

/** Everything that is looked at, on a stack of either kind. */
export function createChecks(access: StackAccess, clients: CheckClients, clock: Clock): Check[] {
  const { cloudWatch, logs, quotas } = clients;
  const mappings = createMappings(access);
  const onAws = [
    mappingCheck(mappings),
    lagCheck({ access, mappings, cloudWatch, clock }),
    quotaCheck(mappings, quotas),
    alarmCheck({ access, cloudWatch, mappings }),
    logCheck(access, logs),
  ];
  return [
    ...queueChecks(access),
    bucketCheck(access),
    ...tableChecks(access),
    deadRowsCheck(access, clock),
    ...(access.kind === 'deployed' ? onAws : onAws.map(({ name }) => skipped(name))),
  ];
}

const skipped = (name: string): Check => ({
  name,
  look: () => Promise.reject(new CannotTell('there is nothing of it on one machine')),
});
