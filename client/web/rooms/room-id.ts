/** As the protocol has it. */
const ROOM_ID = /^[A-Za-z0-9_.:-]{1,128}$/;

export const LOBBY = 'lobby';

export function isRoomId(text: string): boolean {
  return ROOM_ID.test(text);
}

/** What somebody types or pastes: a room's name, in any spelling, or a link to it. */
export function readRoomId(given: string): string | undefined {
  const text = given.trim();
  const linked = /#\/rooms\/([^/?#\s]+)/.exec(text)?.[1];
  const name = linked === undefined ? text.replace(/^#/, '') : decode(linked);
  const id = linked === undefined ? name.replace(/\s+/g, '-').toLowerCase() : name;
  return isRoomId(id) ? id : undefined;
}

/** A name that nobody guesses: 60 random bits, without letters that look alike. */
export function newRoomId(randomBytes: Uint8Array): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789x';
  const text = Array.from(randomBytes.subarray(0, 12), (byte) => letters[byte % 32]).join('');
  return `room-${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}

export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
