const QUALITIES = [
  'Amber',
  'Brisk',
  'Calm',
  'Clever',
  'Gentle',
  'Golden',
  'Hazel',
  'Kind',
  'Lively',
  'Lucky',
  'Mellow',
  'Merry',
  'Nimble',
  'Quiet',
  'Silver',
  'Steady',
  'Sunny',
  'Swift',
  'Warm',
  'Wise',
];
const CREATURES = [
  'Badger',
  'Crane',
  'Dolphin',
  'Falcon',
  'Finch',
  'Fox',
  'Heron',
  'Ibis',
  'Koala',
  'Lark',
  'Lynx',
  'Magpie',
  'Marten',
  'Otter',
  'Owl',
  'Panda',
  'Robin',
  'Seal',
  'Swallow',
  'Wren',
];

/** A name to start with. Two visitors of a room hardly ever get the same. */
export function proposeName(random: () => number): string {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)];
  const number = 10 + Math.floor(random() * 90);
  return `${pick(QUALITIES)} ${pick(CREATURES)} ${number}`;
}

/** A name as the stack takes it, or undefined. */
export function readName(given: string | null): string | undefined {
  const name = given?.normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (name === undefined || name === '' || name.length > NAME_MAX_CHARACTERS) return undefined;
  return name.isWellFormed() ? name : undefined;
}

export const NAME_MAX_CHARACTERS = 60;
