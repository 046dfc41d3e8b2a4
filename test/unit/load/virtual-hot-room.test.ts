import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const SCRIPT = fileURLToPath(new URL('../../load/virtual-hot-room.ts', import.meta.url));

it.each([
  {
    args: ['--members', '0.5'],
    line: '--members must be a whole number from 1 to 100000, not "0.5".',
  },
  { args: ['--rate', '0'], line: '--rate must be a number from 0.1 to 1000, not "0".' },
  { args: ['--seconds', '1'], line: '--seconds must be a number from 2 to 600, not "1".' },
  { args: ['--seconds', 'ten'], line: '--seconds must be a number from 2 to 600, not "ten".' },
  {
    args: ['--rate', '0.1', '--seconds', '2'],
    line: '--rate 0.1 is no message in 2 seconds: take more --seconds or a higher rate.',
  },
])('npm run virtual-hot-room refuses $args in one line', async ({ args, line }) => {
  const run = promisify(execFile)(process.execPath, [SCRIPT, ...args]);

  await expect(run).rejects.toMatchObject({ code: 2, stdout: '', stderr: `${line}\n` });
});
