/** Who is speaking, as the authorizer says. Nothing in a frame overrides it. */
export interface Identity {
  userId: string;
  /**
   * The rooms that the token opens: exact ids, or prefixes that end in `*`. Absent: every room.
   */
  rooms?: readonly string[];
}

/** Whether this identity has the right to the room (membership is another matter). */
export function mayEnter(identity: Identity, roomId: string): boolean {
  if (identity.rooms === undefined) return true;
  return identity.rooms.some((pattern) =>
    pattern.endsWith('*') ? roomId.startsWith(pattern.slice(0, -1)) : pattern === roomId,
  );
}
