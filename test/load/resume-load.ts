/** `npm run resume-load`: one client that missed very much. */
import { openMember } from '../support/chat-member.ts';
import { startOwnStack } from '../support/local-stack.ts';
import { say } from '../support/script.ts';
import { fillLog } from './fill-log.ts';
import { finish, readScriptOptions } from './script.ts';
import { compareShown, isPerfect } from './tally.ts';

const HELP = `Usage: npm run resume-load -- [options]

  --messages <number>    how many the client missed                     default 100000
  --json                 print the report as JSON
  --help                 this text

Also resumes after 10 and after 1,000 missed messages, to show that the time grows with what was
missed and with nothing else. Exits with 1 if a message was lost, came twice or out of order.`;

const PATIENCE_MS = 30 * 60_000;
const { messages, json } = readScriptOptions(HELP, { messages: 100_000 });

say('Synthesising and starting a local stack …');
const stack = await startOwnStack();

async function resume(count: number) {
  const roomId = `missed-${count}`;
  await fillLog({ endpoint: stack.dynamoDbEndpoint, roomId, count, onProgress: say });
  // The stream hands over what was stored to a fan-out that finds nobody: not part of the resume.
  await stack.idle();
  say(`A client resumes after ${count} missed messages …`);
  const startedAt = performance.now();
  const member = openMember(stack.url, roomId, {}, { since: 0 });
  try {
    await member.reached(count, PATIENCE_MS);
    const ms = performance.now() - startedAt;
    const all = Array.from({ length: count }, (_, index) => index + 1);
    return {
      missed: count,
      ms: Math.round(ms),
      msPerThousand: Math.round((ms / count) * 1_000),
      ...compareShown(all, [member.seqs]),
    };
  } finally {
    member.client.close();
  }
}

try {
  await resume(1);
  const reports = [];
  for (const count of [...new Set([10, 1_000, messages])]) reports.push(await resume(count));
  finish({ resumes: reports }, { json, ok: reports.every(isPerfect) });
} finally {
  await stack.stop();
}
