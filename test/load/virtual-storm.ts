/** `npm run virtual-storm`: a hundred thousand clients cut off at one moment, on a virtual clock. */

import { say } from '../support/script.ts';
import { finish, readScriptOptions } from './script.ts';
import { runVirtualStorm } from './virtual-storm-run.ts';

const HELP = `Usage: npm run virtual-storm -- [options]

  --clients <number>     clients of the library                         default 100000
  --admitted <number>    new connections a second that are let in       default 500
  --seed <number>        of the jitter                                  default 1
  --json                 print the report, with the attempts of every second, as JSON
  --help                 this text

The library's real reconnect code on simulated sockets. Exits with 1 unless all come back within
twice the time that admission alone takes.`;

const { json, ...load } = readScriptOptions(HELP, { clients: 100_000, admitted: 500, seed: 1 });

const report = runVirtualStorm({ ...load, onProgress: say });
const { attemptsPerSecond, ...figures } = report;
finish(json ? report : figures, {
  json,
  ok: report.secondsToRecover <= 2 * report.secondsAtLeast + 30,
});
