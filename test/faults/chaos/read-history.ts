import * as z from 'zod';
import { now } from '../../support/now.ts';
import type { HistoryEvent } from '../checker/history.ts';

const pageSchema = z.object({
  more: z.boolean(),
  messages: z.array(
    z.union([
      z.object({ seq: z.number(), kind: z.literal('void') }),
      z.object({
        seq: z.number(),
        kind: z.undefined().optional(),
        messageId: z.string(),
        clientMessageId: z.string().optional(),
        text: z.string(),
      }),
    ]),
  ),
});

/** Who reads over HTTP, for the checker: a client like the others, which has to see the same. */
export const HISTORY_READER = 'history';

/** Reads a room from its first message to its last, as somebody does who was never connected. */
export async function readHistory(origin: string, roomId: string): Promise<HistoryEvent[]> {
  const about = { at: now(), client: HISTORY_READER, roomId };
  const events: HistoryEvent[] = [{ kind: 'entered', ...about, after: 0 }];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const path: string = `/api/rooms/${roomId}/messages?after=${after}&userId=${HISTORY_READER}`;
    const response = await fetch(`${origin}${path}&limit=100`);
    const { messages, more } = pageSchema.parse(await response.json());
    for (const entry of messages) {
      if (entry.kind === 'void') continue;
      const { seq, messageId, text, clientMessageId } = entry;
      const own = clientMessageId === undefined ? {} : { clientMessageId };
      events.push({ kind: 'shown', ...about, seq, messageId, text, ...own });
    }
    after = more ? messages.at(-1)?.seq : undefined;
  }
  return events;
}
