/** The body of a route's answer, parsed. Tests say what they expect of it. */
export function bodyOf(response: { body: string }): Record<string, unknown> {
  return JSON.parse(response.body);
}

/** The body of an answer that holds log entries. */
export function seqsOf(response: { body: string }): number[] {
  const { messages } = JSON.parse(response.body) as { messages: { seq: number }[] };
  return messages.map(({ seq }) => seq);
}
