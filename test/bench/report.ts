/** What a benchmark found, ready to be printed as a table or as JSON. */
export interface BenchReport {
  title: string;
  rows: Record<string, string | number>[];
  /** What was promised of it. */
  targets: { what: string; value: number; max: number }[];
}

export const isMet = ({ value, max }: BenchReport['targets'][number]): boolean => value <= max;

export function toText({ title, rows, targets }: BenchReport): string {
  const verdicts = targets.map((target) => {
    const verdict = isMet(target) ? 'kept' : 'MISSED';
    return `${verdict}: ${target.what} ${round(target.value)}, promised at most ${target.max}`;
  });
  return [title, '', ...toTable(rows), ...(verdicts.length > 0 ? ['', ...verdicts] : [])].join(
    '\n',
  );
}

/** Markdown, so that what is printed can stand in the documentation as it is. */
export function toTable(rows: readonly Record<string, string | number>[]): string[] {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => columns.map((column) => format(row[column])))];
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((line) => line[index]?.length ?? 0)),
  );
  const pad = (cell: string, index: number) =>
    index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0);
  const [head = '', ...body] = cells.map((line) => `| ${line.map(pad).join(' | ')} |`);
  const rule = `|${widths.map((width, index) => (index === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [head, rule, ...body];
}

function format(value: string | number | undefined): string {
  return typeof value === 'number' ? round(value).toLocaleString('en-US') : (value ?? '');
}

/** Three digits that count, and all of those before the point. */
function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
