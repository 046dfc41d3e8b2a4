import { type LocalProcess, startLocalProcess } from '../support/local-process.ts';

let stack: LocalProcess | undefined;

/** The suite speaks to `CHAT_URL`; without it, a fresh local stack is started for the run. */
export default async function setup(): Promise<void> {
  if (process.env.CHAT_URL !== undefined) return;
  stack = await startLocalProcess(['--memory', '--stream-poll', '50']);
  process.env.CHAT_URL = stack.url;
}

export async function stopStack(): Promise<void> {
  await stack?.stop();
}
