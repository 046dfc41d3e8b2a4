/** `npm run storm`: everybody is cut off at one moment and comes back. */
import { finish, readScriptOptions, say, withLocalProcess } from './script.ts';
import { runStorm } from './storm-run.ts';
import { isPerfect } from './tally.ts';

const HELP = `Usage: npm run storm -- [options]

  --clients <number>     real clients of the library                    default 2000
  --rooms <number>       they are spread over                           default 40
  --messages <number>    stored in each room while they are away        default 5
  --json                 print the report as JSON
  --help                 this text

The local gateway lets in 500 new connections a second, as API Gateway does by default, and answers
the others with 429. Exits with 1 if a message was lost, came twice or out of order.`;

const { json, ...load } = readScriptOptions(HELP, { clients: 2_000, rooms: 40, messages: 5 });

await withLocalProcess(async ({ url }) => {
  const report = await runStorm({ ...load, url, onProgress: say });
  finish(report, { json, ok: isPerfect(report) });
});
