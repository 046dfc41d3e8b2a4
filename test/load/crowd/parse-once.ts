import { rememberLast } from './remember-last.ts';

/** As the stack's frames begin. */
const PUSHED_MESSAGES = '{"type":"messages"';

/**
 * Has all clients of this thread share one parse of a push. Each would have a machine of its own for
 * it; here a single core would have to parse for thousands, and whoever waits for it would be taken
 * for slow. The library stays as it is: what it calls is replaced. The parsed frame is frozen, so
 * that a client that wrote into it would throw, and not change what the others are shown.
 */
export function parseOnce(): void {
  const { parse } = JSON;
  const parsePush = rememberLast(
    (text: string) => freeze(parse(text)),
    (one, other) => one === other,
  );
  JSON.parse = (text, reviver) =>
    reviver === undefined && typeof text === 'string' && text.startsWith(PUSHED_MESSAGES)
      ? parsePush(text)
      : parse(text, reviver);
}

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freeze(inner);
  }
  return Object.freeze(value);
}
