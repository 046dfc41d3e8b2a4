/**
 * The process between the runtime and an engine: `engine-guard <pid file> <command> <arguments…>`.
 *
 * It runs the command as its child, passes output and exit code on, and ends the child as soon as its
 * standard input closes. The system closes that pipe however the runtime goes, so that the engine
 * does not outlive a runtime that was killed. Runs on its own; nothing imports it.
 */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

/** An engine that has not gone by then is killed. Its storage survives that. */
const TERMINATION_GRACE_MS = 500;

const [pidFile, command, ...args] = process.argv.slice(2);
if (pidFile === undefined || command === undefined) {
  throw new Error('Usage: engine-guard <pid file> <command> <arguments…>');
}

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
if (child.pid !== undefined) writeFileSync(pidFile, String(child.pid));

child.once('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(127);
});
child.once('exit', (code, signal) => {
  rmSync(pidFile, { force: true });
  if (signal !== null) process.stderr.write(`ended by ${signal}\n`);
  process.exit(code ?? 1);
});

function endChild(): void {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), TERMINATION_GRACE_MS).unref();
}

process.stdin.resume();
process.stdin.once('close', endChild);
process.once('SIGTERM', endChild);
process.once('SIGINT', endChild);
