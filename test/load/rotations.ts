/** `npm run rotations`: connections that reach their largest age, seen from the application. */
import { startOwnStack } from '../support/local-stack.ts';
import { say } from '../support/script.ts';
import { runRotations } from './rotation-run.ts';
import { finish, readScriptOptions } from './script.ts';
import { isPerfect } from './tally.ts';

const HELP = `Usage: npm run rotations -- [options]

  --clients <number>     members of one room                            default 100
  --rotations <number>   how often each replaces its connection         default 10
  --age <ms>             the age at which the gateway ends a connection default 5000
  --rate <number>        messages a second                              default 5
  --interrupted <number> how many rotations in a hundred may leave a
                         client without an open connection for a moment default 1
  --json                 print the report as JSON
  --help                 this text

The library replaces its connections before that age, the new one before the old one. Exits with 1
if an application missed a message, saw one twice or out of order, or was interrupted too often.`;

const { json, age, interrupted, ...load } = readScriptOptions(HELP, {
  clients: 100,
  rotations: 10,
  age: 5_000,
  rate: 5,
  interrupted: 1,
});

say('Synthesising and starting a local stack …');
const stack = await startOwnStack({ gatewayLimits: { maxConnectionAgeMs: age } });
try {
  const report = await runRotations({ ...load, url: stack.url, maxAgeMs: age, onProgress: say });
  const isSmooth = report.interruptions <= (report.rotations * interrupted) / 100;
  finish(report, { json, ok: isPerfect(report) && isSmooth });
} finally {
  await stack.stop();
}
