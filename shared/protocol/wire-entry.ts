import { byteLength } from '../domain/bytes.ts';
import { FRAME_ENVELOPE_MAX_BYTES, FRAME_MAX_BYTES } from '../domain/limits.ts';
import type { LogEntry, Message } from '../domain/message.ts';
import type { WireEntry } from './frames.ts';

/** An entry of the log as clients see it. */
export function toWire(entry: LogEntry): WireEntry {
  if (entry.kind === 'void') return { seq: entry.seq, kind: 'void' };
  const { seq, messageId, userId, text, data, sentAt, clientMessageId } = entry;
  return {
    seq,
    messageId,
    userId,
    text,
    ...(data === undefined ? {} : { data: JSON.parse(data) }),
    sentAt: new Date(sentAt).toISOString(),
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
  };
}

/** How many bytes a message takes in a frame, whatever number it will get. */
export function wireSize(message: Omit<Message, 'seq'>): number {
  return byteLength(JSON.stringify(toWire({ ...message, seq: Number.MAX_SAFE_INTEGER })));
}

/**
 * Packs entries of one room, ascending, into as few `messages` frames as fit 30 KB each: API Gateway
 * bills, throttles and meters per frame of 32 KB, and per recipient.
 */
export function packFrames(roomId: string, entries: readonly LogEntry[], head: number): string[] {
  return chunkBySize(entries.map(toWire), FRAME_MAX_BYTES - FRAME_ENVELOPE_MAX_BYTES).map(
    (chunk) =>
      `{"type":"messages","roomId":"${roomId}","messages":[${chunk.join(',')}],"head":${head}}`,
  );
}

/** The longest prefix of the entries that fits an answer's budget, and what it took of it. */
export function fitEntries(entries: readonly LogEntry[], budgetBytes: number) {
  const messages: WireEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const message = toWire(entry);
    const size = byteLength(JSON.stringify(message)) + 1;
    if (bytes + size > budgetBytes) break;
    bytes += size;
    messages.push(message);
  }
  return { messages, bytes, cut: messages.length < entries.length };
}

/** How many bytes entries take in frames, envelopes apart. */
export function sizeInFrames(entries: readonly LogEntry[]): number {
  return fitEntries(entries, Number.POSITIVE_INFINITY).bytes;
}

function chunkBySize(entries: readonly WireEntry[], maxBytes: number): string[][] {
  const chunks: string[][] = [];
  let room = 0;
  for (const entry of entries) {
    const json = JSON.stringify(entry);
    const size = byteLength(json) + 1;
    if (size > room) {
      chunks.push([]);
      room = maxBytes;
    }
    chunks.at(-1)?.push(json);
    room -= size;
  }
  return chunks;
}
