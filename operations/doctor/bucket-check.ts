import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { StackAccess } from '../common/stack-access.ts';
import { counted } from '../common/table.ts';
import type { Check } from './finding.ts';

/** Batches that Lambda gave up. */
export function bucketCheck({ s3, outputs, option }: StackAccess): Check {
  return {
    name: 'batches given up',
    async look() {
      const { KeyCount = 0, IsTruncated } = await s3.send(
        new ListObjectsV2Command({ Bucket: outputs.GivenUpBucketName, Prefix: 'aws/lambda/' }),
      );
      if (KeyCount === 0) return [];
      return [
        {
          name: 'batches-given-up',
          what: `${outputs.GivenUpBucketName} holds ${IsTruncated ? 'more than ' : ''}${counted(KeyCount, 'batch', 'batches')}.`,
          why: 'Fan-out failed on them for good: their messages were stored, and not pushed.',
          fix: `npm run redrive -- --dlq fan-out${option} --dry-run, and docs/runbook.md#batches-given-up`,
        },
      ];
    },
  };
}
