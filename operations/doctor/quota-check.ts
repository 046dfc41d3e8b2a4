import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import { CannotTell, type Check } from './finding.ts';
import { functionNameOf, type Mappings } from './mappings.ts';

/** Requests a second of all APIs of the account in the Region, posts to connections included. */
const THROTTLE_RATE = { ServiceCode: 'apigateway', QuotaCode: 'L-8A5B8E43' };

/** The rest is for what comes in. */
const SHARE_OF_POSTS = 0.8;

/** Environments that SQS starts at most, where the mapping does not say. */
const CONCURRENCY_MAX = 1_250;

/** Whether the stack may post as much as it has been deployed for. */
export function quotaCheck(mappings: Mappings, quotas: ServiceQuotasClient): Check {
  async function readQuota(): Promise<number> {
    try {
      const { Quota } = await quotas.send(new GetServiceQuotaCommand(THROTTLE_RATE));
      if (Quota?.Value !== undefined) return Quota.Value;
    } catch (error) {
      const { name = '' } = error as Error;
      if (name === 'AccessDeniedException') {
        throw new CannotTell('servicequotas:GetServiceQuota is not allowed');
      }
      // Never raised: then there is only the default.
      if (name !== 'NoSuchResourceException') throw error;
    }
    const { Quota } = await quotas.send(new GetAWSDefaultServiceQuotaCommand(THROTTLE_RATE));
    if (Quota?.Value === undefined) throw new CannotTell('Service Quotas has no value for it');
    return Quota.Value;
  }

  /** Every environment posts that much at most, and there are so many of them. */
  async function readPostsPerSecond(): Promise<number> {
    const shares = (await mappings.all()).map(async (mapping) => {
      const environment = await mappings.environmentOf(functionNameOf(mapping));
      const environments = mapping.ScalingConfig?.MaximumConcurrency ?? CONCURRENCY_MAX;
      return Number(environment.POSTS_PER_SECOND ?? 0) * environments;
    });
    return (await Promise.all(shares)).reduce((sum, share) => sum + share, 0);
  }

  return {
    name: 'the quota of API Gateway',
    async look() {
      const [quota, posts] = [await readQuota(), await readPostsPerSecond()];
      const bearable = Math.floor(quota * SHARE_OF_POSTS);
      if (posts <= bearable) return [];
      return [
        {
          name: 'quota-too-small',
          what: `The stack may post ${posts} frames a second, of ${quota} requests that the account has.`,
          why: 'Above the quota API Gateway refuses posts and clients alike, of every API of the account.',
          fix: `Have the quota raised (aws service-quotas request-service-quota-increase --service-code apigateway --quota-code ${THROTTLE_RATE.QuotaCode} --desired-value …), or deploy with -c postsPerSecond=${bearable}`,
        },
      ];
    },
  };
}
