import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createS3Client, provisionBuckets } from '../../../local/engines/provision-buckets.ts';
import { startSqs } from '../../../local/engines/sqs.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import { createCleanup, createDataDir, neverExits } from './engines-support.ts';

acceptCoreErrors();

const cleanup = createCleanup();
afterEach(() => cleanup.run());

const Bucket = 'given-up';
const buckets = [{ id: 'GivenUp', bucketName: Bucket }];

async function start(dataDir?: string) {
  const sqs = await startSqs({ ...(dataDir && { dataDir }), onExit: neverExits });
  cleanup.defer(sqs.stop);
  const s3 = createS3Client(sqs.endpoint);
  cleanup.defer(() => s3.destroy());
  await provisionBuckets(s3, buckets);
  return { sqs, s3 };
}

const keysIn = async (s3: S3Client, prefix = '') =>
  ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }))).Contents ?? []).map(
    ({ Key = '' }) => Key,
  );
const textAt = async (s3: S3Client, Key: string) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();

describe('the embedded S3', () => {
  it.each([
    { description: 'in memory', stored: false },
    { description: 'on disk', stored: true },
  ])('keeps objects $description, any text in them, until they are deleted', async ({ stored }) => {
    const { s3 } = await start(stored ? createDataDir(cleanup) : undefined);
    const Body = 'odd \u0000 \uFFFE 😀 '.repeat(10_000);
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a/1', Body }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'b/1', Body: 'other' }));

    expect(await keysIn(s3, 'a/')).toEqual(['a/1']);
    expect(await textAt(s3, 'a/1')).toBe(Body);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a/1' }));
    expect(await keysIn(s3)).toEqual(['b/1']);
  });

  it('keeps them over a restart, and a bucket that is there already is left alone', async () => {
    const dataDir = createDataDir(cleanup);
    const first = await start(dataDir);
    await first.s3.send(new PutObjectCommand({ Bucket, Key: 'kept', Body: 'text' }));
    await first.s3.send(new PutObjectCommand({ Bucket, Key: 'deleted', Body: 'text' }));
    await first.s3.send(new DeleteObjectCommand({ Bucket, Key: 'deleted' }));
    await first.sqs.stop();

    const { s3 } = await start(dataDir);
    expect(await keysIn(s3)).toEqual(['kept']);
    expect(await textAt(s3, 'kept')).toBe('text');
  });
});
