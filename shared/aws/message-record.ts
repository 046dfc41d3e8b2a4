import * as z from 'zod';
import type { LogEntry, StoredEntry } from '../domain/message.ts';
import { parseStored } from './parse.ts';

/**
 * An entry of the log as the Messages table holds it, format version 1. `data` is JSON text, so that
 * what the sender wrote comes back as it was. `expiresAt` is in seconds, as TTL wants it.
 */
export type MessageRecord = z.infer<typeof messageRecordSchema>;

const base = {
  v: z.literal(1),
  roomId: z.string(),
  seq: z.int().positive(),
  sentAt: z.number(),
  expiresAt: z.number(),
};

export const messageRecordSchema = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('message'),
    messageId: z.string(),
    userId: z.string(),
    text: z.string(),
    data: z.string().exactOptional(),
    clientMessageId: z.string().exactOptional(),
    receivedAt: z.number(),
  }),
  z.object({ ...base, kind: z.literal('void') }),
]);

export function toRecord({ entry, expiresAt }: StoredEntry): MessageRecord {
  return { v: 1, ...entry, expiresAt: Math.ceil(expiresAt / 1000) };
}

/** @throws Error for a row that this version cannot read. */
export function fromRecord(row: unknown): StoredEntry {
  const { v: _, expiresAt, ...entry } = parseStored(messageRecordSchema, row, 'The log entry');
  return { entry, expiresAt: expiresAt * 1000 };
}

/** While a release is rolled out, its functions may write what ours cannot read yet. */
const NEXT_VERSION = 2;

const brokenRowSchema = z.object({
  v: z
    .unknown()
    .refine((version) => version !== NEXT_VERSION)
    .optional(),
  roomId: z.string(),
  seq: z.int().positive(),
  sentAt: z.number().optional().catch(undefined),
  expiresAt: z.number().optional().catch(undefined),
});

/**
 * Reads a page of the log, in any order. A row that no version writes is nobody's message: it is
 * taken for void, dated by itself or else by the entries beside it, so that it hides nothing but
 * itself. Fan-out has set its record aside, with the reason.
 *
 * @throws Error for a row of the next version: a message, which must not be skipped in silence.
 */
export function fromRows(rows: readonly unknown[]): StoredEntry[] {
  const readable = rows.map((row) => messageRecordSchema.safeParse(row).data);
  return rows.map((row, index) => {
    const broken = brokenRowSchema.safeParse(row);
    if (readable[index] !== undefined || !broken.success) return fromRecord(row);
    const { roomId, seq } = broken.data;
    const beside =
      readable.slice(index).find(Boolean) ?? readable.slice(0, index).findLast(Boolean);
    const sentAt = broken.data.sentAt ?? beside?.sentAt ?? 0;
    const expiresAt = broken.data.expiresAt ?? beside?.expiresAt ?? 0;
    return { entry: { kind: 'void', roomId, seq, sentAt }, expiresAt: expiresAt * 1000 };
  });
}

const attributeSchema = z.union([
  z.object({ S: z.string() }).transform(({ S }) => S),
  z.object({ N: z.string() }).transform(({ N }) => Number(N)),
]);

const imageSchema = z.record(z.string(), attributeSchema);

/**
 * Reads the NewImage of a stream record (attribute values, as Lambda hands them over).
 *
 * @throws Error for an image that is not an entry of the log.
 */
export function fromImage(image: unknown): LogEntry {
  return fromRecord(parseStored(imageSchema, image, 'The image of the record')).entry;
}
