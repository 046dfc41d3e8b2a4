/** `npm run joins`: history meets the live stream while somebody keeps sending. */

import { say } from '../support/script.ts';
import { runJoins } from './join-run.ts';
import { finish, readScriptOptions, withLocalProcess } from './script.ts';
import { isPerfect } from './tally.ts';

const HELP = `Usage: npm run joins -- [options]

  --clients <number>     how many join and leave                        default 50
  --joins <number>       all of them together                           default 1000
  --rooms <number>       they are spread over                           default 5
  --rate <number>        messages a second in each room                 default 10
  --json                 print the report as JSON
  --help                 this text

Each join reads from the history of the room into its live stream. Exits with 1 if a message in
between was missing, came twice or out of order.`;

const { json, ...load } = readScriptOptions(HELP, {
  clients: 50,
  joins: 1_000,
  rooms: 5,
  rate: 10,
});

await withLocalProcess(async ({ url }) => {
  const report = await runJoins({ ...load, url, onProgress: say });
  finish(report, { json, ok: isPerfect({ ...report, shown: report.read }) });
});
