import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadReport } from './report.ts';
import { toHtml } from './to-html.ts';

/** Returns where the two files are. */
export function writeReport(report: LoadReport, directory: string): { json: string; html: string } {
  mkdirSync(directory, { recursive: true });
  const moment = report.startedAt.slice(0, 19).replaceAll(':', '');
  const name = join(directory, `${report.scenario.replaceAll(/[^\w-]+/g, '-')}-${moment}Z`);
  const paths = { json: `${name}.json`, html: `${name}.html` };
  writeFileSync(paths.json, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(paths.html, toHtml(report));
  return paths;
}
