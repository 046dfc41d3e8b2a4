/** What somebody asked the bot, without its name. */
export interface Question {
  roomId: string;
  userId: string;
  text: string;
  /** What was said in the room just before, oldest first, the bot's own answers among it. */
  recent: readonly { userId: string; text: string }[];
  /** Aborted when the bot stops. */
  signal: AbortSignal;
}

/**
 * The one function to write for a bot of your own. Resolve with the answer, or with nothing to stay
 * silent; reject, and the bot says that it has no answer. It may take its time: while it does, the
 * room sees that the bot is typing. An API of a language model goes here:
 *
 *     const answer: Answerer = async ({ text, recent, signal }) => {
 *       const response = await fetch(API, { method: 'POST', signal, body: JSON.stringify({ … }) });
 *       return (await response.json()).text;
 *     };
 */
export type Answerer = (question: Question) => Promise<string | undefined>;
