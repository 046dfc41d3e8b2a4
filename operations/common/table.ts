/** A text may quote what could not be read: control characters have no business in a terminal. */
export function inOneLine(text: string, maxCharacters: number): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length <= maxCharacters ? line : `${line.slice(0, maxCharacters)}…`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

export function ageInWords(ageMs: number): string {
  const [name, unitMs] = UNITS.find(([, unitMs]) => ageMs >= unitMs) ?? UNITS[3];
  return `${Math.max(0, Math.floor(ageMs / unitMs))} ${name}`;
}

/** Columns as wide as their widest cell. */
export function layOut(rows: readonly string[][]): string {
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `1 row`, `2 rows` */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
