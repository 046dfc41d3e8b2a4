import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { BucketModel } from '../template/model.ts';
import { ENGINE_CREDENTIALS, ENGINE_SQS_REGION } from './credentials.ts';

/** A client of the embedded S3, which is served beside the embedded SQS. */
export function createS3Client(endpoint: string): S3Client {
  return new S3Client({
    endpoint,
    region: ENGINE_SQS_REGION,
    credentials: ENGINE_CREDENTIALS,
    // The name of a bucket cannot stand before an IP address.
    forcePathStyle: true,
  });
}

/** Creates the buckets that are missing. Their lifecycle is left out: objects stay until deleted. */
export async function provisionBuckets(client: S3Client, buckets: BucketModel[]): Promise<void> {
  await Promise.all(
    buckets.map(({ bucketName }) => client.send(new CreateBucketCommand({ Bucket: bucketName }))),
  );
}
