/** The entry of an alarm: what stands between its heading and the next. */
export function runbookEntry(runbook: string, name: string): string | undefined {
  const lines = runbook.split('\n');
  const heading = lines.indexOf(`## ${name}`);
  if (heading === -1) return undefined;
  const entry = lines.slice(heading + 1);
  const next = entry.findIndex((line) => line.startsWith('## '));
  return (next === -1 ? entry : entry.slice(0, next)).join('\n').trim();
}

/** `docs/runbook.md#fan-out-behind` → `fan-out-behind` */
export const entryName = (address: string): string => address.slice(address.indexOf('#') + 1);
