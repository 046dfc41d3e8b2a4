import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { FanOutAgain } from './fan-out-again.ts';
import { roomIdsOf } from './fan-out-letters.ts';
import type { DeadLetter, LetterSource } from './letter-source.ts';
import { attempt, UNREADABLE } from './stuck.ts';

export interface BatchLettersOptions {
  client: S3Client;
  bucket: string;
  fanOutAgain: FanOutAgain;
  /** Milliseconds since the epoch: batches that were given up later are left alone. */
  startedAt: number;
}

/** Where Lambda puts them. */
const PREFIX = 'aws/lambda/';

/** A batch may have 6 MB, and those of a page are in memory together. */
const PAGE_MAX = 5;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
const givenUpSchema = z.object({
  requestContext: z.object({ condition: z.string() }),
  /** The event that the function was invoked with, as JSON text. */
  payload: z.string(),
});
const eventSchema = z.object({ Records: z.array(z.unknown()).min(1) });

/** The batches that Lambda gave up, in the bucket of the stream mapping. */
export function createBatchLetters(options: BatchLettersOptions): LetterSource {
  const { client, bucket: Bucket, fanOutAgain, startedAt } = options;

  async function list(after: string | undefined, MaxKeys: number) {
    const command = new ListObjectsV2Command({
      Bucket,
      Prefix: PREFIX,
      MaxKeys,
      ...(after !== undefined && { StartAfter: after }),
    });
    const { Contents = [] } = await client.send(command);
    return Contents.map(({ Key = '', LastModified }) => ({
      key: Key,
      since: LastModified?.getTime() ?? 0,
    }));
  }

  async function readLetter(Key: string, since: number): Promise<DeadLetter> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const text = (await Body?.transformToString()) ?? '';
    const givenUp = attempt(() => {
      const { requestContext, payload } = givenUpSchema.parse(JSON.parse(text));
      return { reason: requestContext.condition, ...eventSchema.parse(JSON.parse(payload)) };
    });
    if ('problem' in givenUp) {
      const { stuck, resend } = UNREADABLE;
      return { reason: `${Key} is no batch`, roomIds: [], since, size: 1, stuck, moveBack: resend };
    }
    const { reason, Records } = givenUp.value;
    return {
      reason,
      roomIds: roomIdsOf(Records),
      since,
      size: Records.length,
      async moveBack() {
        await fanOutAgain(Records);
        await client.send(new DeleteObjectCommand({ Bucket, Key }));
      },
    };
  }

  return {
    async count() {
      let count = 0;
      for (let page = await list(undefined, 1_000); page.length > 0; ) {
        count += page.length;
        page = await list(page.at(-1)?.key, 1_000);
      }
      return count;
    },
    async *pages(signal) {
      for (let page = await list(undefined, PAGE_MAX); page.length > 0 && !signal.aborted; ) {
        const old = page.filter(({ since }) => since <= startedAt);
        yield await Promise.all(old.map(({ key, since }) => readLetter(key, since)));
        page = await list(page.at(-1)?.key, PAGE_MAX);
      }
    },
    async release() {},
  };
}
