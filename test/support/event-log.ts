/** Events in the order in which they happened; a test awaits them instead of sleeping. */
export interface EventLog<Event> {
  readonly events: readonly Event[];
  add(event: Event): void;
  /** Looks again although no event was added. */
  look(): void;
  /** The first event, past or future, that matches. */
  find(what: string, matches: (event: Event) => boolean): Promise<Event>;
  /** Resolves when the condition holds. Rejects when it does not in time, and tells what did happen. */
  until(what: string, holds: () => boolean, patienceMs?: number): Promise<void>;
}

const PATIENCE_MS = 25_000;
const SHOWN_EVENTS = 40;

export function createEventLog<Event>(): EventLog<Event> {
  const events: Event[] = [];
  const waiting = new Set<() => void>();

  function look(): void {
    for (const check of [...waiting]) check();
  }

  function until(what: string, holds: () => boolean, patienceMs = PATIENCE_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!holds()) return;
        waiting.delete(check);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.delete(check);
        const last = events.slice(-SHOWN_EVENTS).map((event) => JSON.stringify(event));
        reject(new Error(`${what}: not within ${patienceMs} ms. Last events:\n${last.join('\n')}`));
      }, patienceMs);
      waiting.add(check);
      check();
    });
  }

  return {
    events,
    add(event) {
      events.push(event);
      look();
    },
    look,
    until,
    async find(what, matches) {
      await until(what, () => events.some(matches));
      return events.find(matches) as Event;
    },
  };
}
