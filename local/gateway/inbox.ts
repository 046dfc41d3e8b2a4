/**
 * Hands the messages of one connection on, several at once as API Gateway does, so that a slow function
 * does not hold the next message up. Beyond `maxInProgress` the sender is paused, and TCP makes it wait.
 */
export function createInbox(
  maxInProgress: number,
  handle: (text: string) => Promise<void>,
  flow: { pause(): void; resume(): void },
): (text: string) => void {
  let inProgress = 0;
  // Pausing a socket still lets the messages of the chunk in hand through; they wait here.
  const waiting: string[] = [];

  function start(text: string): void {
    inProgress += 1;
    void handle(text).finally(next);
  }

  function next(): void {
    inProgress -= 1;
    const text = waiting.shift();
    if (text === undefined) return;
    if (waiting.length === 0) flow.resume();
    start(text);
  }

  return (text) => {
    if (inProgress < maxInProgress) {
      start(text);
      return;
    }
    waiting.push(text);
    flow.pause();
  };
}
