/** One command that was sent: its class name without `Command`, and its input. */
export interface SentCommand {
  name: string;
  input: Record<string, unknown>;
}

type Answer = (command: SentCommand) => unknown;

/**
 * Stands in for an SDK client: every `send` is written down and answered by the next answer given,
 * or by the last one again and again.
 *
 * The cast is the seam: adapters use nothing of a client but `send`.
 */
export function createFakeSdkClient<Client>(...answers: Answer[]) {
  const sent: SentCommand[] = [];
  const client = {
    async send(command: { constructor: { name: string }; input: Record<string, unknown> }) {
      const name = command.constructor.name.replace(/Command$/, '');
      const request = { name, input: command.input };
      const answer = answers[Math.min(sent.length, answers.length - 1)];
      sent.push(request);
      return answer?.(request) ?? {};
    },
  };
  return { client: client as unknown as Client, sent };
}

/** An error as the SDK throws it. */
export function anSdkError(name: string, httpStatusCode?: number, message = name): Error {
  const error = Object.assign(new Error(message), {
    $metadata: httpStatusCode === undefined ? {} : { httpStatusCode },
  });
  error.name = name;
  return error;
}

export const answers =
  (value: unknown): Answer =>
  () =>
    value;

export const throws =
  (error: Error): Answer =>
  () => {
    throw error;
  };
