import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogFile } from '../../../local/log-file.ts';
import { temporaryDirectory } from '../../support/assembly.ts';
import { acceptCoreErrors } from '../../support/core-errors.ts';
import { createFakeClock } from './events/fake-clock.ts';

acceptCoreErrors();

let data: { path: string; remove: () => void };
beforeEach(() => {
  data = temporaryDirectory();
});
afterEach(() => data.remove());

const linesOf = (name: string) => readFileSync(join(data.path, name), 'utf8').trim().split('\n');

describe('the log of the functions', () => {
  it('is written a moment later, many lines at once', async () => {
    const clock = createFakeClock();
    const file = createLogFile(data.path, { clock });
    file.write('Send', '{"message":"stored"}');
    file.write('Send', '{"message":"stored again"}');
    await clock.advance(100);

    expect(linesOf('functions.log')).toEqual([
      '{"message":"stored"}',
      '{"message":"stored again"}',
    ]);
  });

  it('has no lines that carry metrics only, and makes JSON of words', () => {
    const file = createLogFile(data.path);
    file.write('Send', '{"_aws":{"Timestamp":1},"messages":1}');
    file.write('Send', 'Debugger attached.');
    file.close();

    expect(linesOf('functions.log')).toEqual(['{"service":"Send","message":"Debugger attached."}']);
  });

  it('takes nothing more once it is closed, when its directory may be gone', async () => {
    const clock = createFakeClock();
    const file = createLogFile(data.path, { clock });
    file.write('Send', 'before');
    file.close();
    file.write('Send', 'after');
    await clock.advance(100);

    expect(linesOf('functions.log')).toEqual(['{"service":"Send","message":"before"}']);
  });

  it('says once that it cannot be kept, ends nothing by it, and goes on when it can', async () => {
    const clock = createFakeClock();
    const problems: string[] = [];
    const dataDir = join(data.path, 'data');
    const file = createLogFile(dataDir, { clock, onProblem: (problem) => problems.push(problem) });
    const write = async (line: string) => {
      file.write('Send', line);
      await clock.advance(100);
    };
    rmSync(dataDir, { recursive: true });
    await write('{"lost":1}');
    await write('{"lost":2}');
    mkdirSync(dataDir);
    await write('{"kept":3}');

    expect(problems).toEqual([expect.stringMatching(/^The functions' log is not kept: ENOENT/)]);
    expect(linesOf('data/functions.log')).toEqual(['{"kept":3}']);
  });

  it('goes on where another run ended, and keeps two files of bounded size', () => {
    for (let run = 1; run <= 5; run += 1) {
      const file = createLogFile(data.path, { maxBytes: 10 });
      file.write('Send', `{"run":${run},"more":true}`);
      file.close();
    }

    expect(linesOf('functions.1.log')).toEqual(['{"run":4,"more":true}']);
    expect(linesOf('functions.log')).toEqual(['{"run":5,"more":true}']);
  });
});
