/** `npm run black-holes`: what members that read nothing do to the others of their room. */

import { refuse, say } from '../support/script.ts';
import { runBlackHoles } from './black-hole-run.ts';
import { finish, readScriptOptions, withLocalProcess } from './script.ts';

const HELP = `Usage: npm run black-holes -- [options]

  --members <number>     in the room                                    default 500
  --holes <number>       of them read nothing, in the second run        default 150
  --rate <number>        messages a second in the room                  default 0.5
  --seconds <number>     how long messages are sent, in each run        default 30
  --json                 print the report as JSON
  --help                 this text

Runs the room twice: with members who all read, and with black holes among them. A black hole is a
real connection whose client does not read and whose buffers are full, in the kernel and in the
gateway: 5 MB each, so that the default takes 0.8 GB of memory for a while. Exits with 1 if one of the
others missed a message or got one twice, or if a black hole is still a member at the end.`;

const { json, ...load } = readScriptOptions(HELP, {
  members: 500,
  holes: 150,
  rate: 0.5,
  seconds: 30,
});
if (load.holes >= load.members) {
  refuse(`--holes must be below --members, or nobody is left to look at: ${load.members}.`);
}

await withLocalProcess(async ({ url }) => {
  const report = await runBlackHoles({ ...load, url, onProgress: say });
  const { lost, duplicated } = report.withHoles;
  const ok = lost + duplicated + report.without.lost + report.blackHolesLeft === 0;
  finish(report, { json, ok });
});
