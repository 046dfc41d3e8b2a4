import * as z from 'zod';
import { byteLength } from '../domain/bytes.ts';
import { parseStored } from './parse.ts';
import { toSqsJson } from './sqs-json.ts';

/** What a function writes into a dead-letter queue, format version 1. */
const letterSchema = z.object({
  v: z.literal(1),
  reason: z.string(),
  /** A stream record as Lambda handed it over, or the body of a job. */
  record: z.unknown().optional(),
  /** The beginning of the JSON of a record that was too large. */
  truncatedRecord: z.string().optional(),
});

export type Letter = z.output<typeof letterSchema>;

/** SQS takes 1 MiB, and a character takes six bytes at most; a larger record is cut rather than lost. */
const LETTER_MAX_BYTES = 1_000_000;
const CUT_RECORD_CHARACTERS = 120_000;

export function encodeLetter(reason: string, record: unknown): string {
  const whole = toSqsJson({ v: 1, reason, record });
  if (byteLength(whole) <= LETTER_MAX_BYTES) return whole;
  const truncatedRecord = JSON.stringify(record).slice(0, CUT_RECORD_CHARACTERS);
  return toSqsJson({ v: 1, reason, truncatedRecord });
}

/** @throws Error for a body that is no letter. */
export function decodeLetter(body: string): Letter {
  return parseStored(letterSchema, JSON.parse(body), 'The letter');
}
