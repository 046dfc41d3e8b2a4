/** A frame that came unasked. */
export interface PushSeen {
  hasMessages: boolean;
  /** Of its oldest message: when it was given to the library. */
  givenAt?: number;
}

/** Frames begin with their type; to parse every one again would take as long as the library does. */
const PUSH = /^\{"type":"(messages|presence|typing|goaway)"(?!,"id")/;
/** Messages ascend, so the first is the oldest. */
const GIVEN_AT = /"givenAt":(\d+)/;

/** Undefined for answers. */
export function readPush(text: string): PushSeen | undefined {
  const type = PUSH.exec(text)?.[1];
  if (type === undefined) return undefined;
  const givenAt = type === 'messages' ? GIVEN_AT.exec(text)?.[1] : undefined;
  return {
    hasMessages: type === 'messages',
    ...(givenAt !== undefined && { givenAt: Number(givenAt) }),
  };
}
