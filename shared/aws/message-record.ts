import * as z from 'zod';
import type { LogEntry, StoredEntry } from '../domain/message.ts';

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
    data: z.string().optional(),
    clientMessageId: z.string().optional(),
    receivedAt: z.number(),
  }),
  z.object({ ...base, kind: z.literal('void') }),
]);

export function toRecord({ entry, expiresAt }: StoredEntry): MessageRecord {
  return { v: 1, ...entry, expiresAt: Math.ceil(expiresAt / 1000) };
}

/** @throws ZodError for a row that this version cannot read. */
export function fromRecord(row: unknown): StoredEntry {
  const { v: _, expiresAt, ...entry } = messageRecordSchema.parse(row);
  return { entry: entry as LogEntry, expiresAt: expiresAt * 1000 };
}

const attributeSchema = z.union([
  z.object({ S: z.string() }).transform(({ S }) => S),
  z.object({ N: z.string() }).transform(({ N }) => Number(N)),
]);

const imageSchema = z.record(z.string(), attributeSchema);

/**
 * Reads the NewImage of a stream record (attribute values, as Lambda hands them over).
 *
 * @throws ZodError for an image that is not an entry of the log.
 */
export function fromImage(image: unknown): LogEntry {
  return fromRecord(imageSchema.parse(image)).entry;
}
