import { describe, expect, it } from '@jest/globals';
import { createProgress } from '../../load/progress.ts';

function shown(isTTY: boolean): string {
  let written = '';
  let now = 0;
  const stream = {
    isTTY,
    write(text: string) {
      written += text;
    },
  };
  const progress = createProgress(stream, () => now);
  for (const line of ['one', 'two', 'three', 'four']) {
    progress.show(line);
    now += 2_000;
  }
  progress.end();
  return written;
}

describe('the progress of a run', () => {
  it('is one line that changes, on a terminal', () => {
    expect(shown(true).split('\r\u001b[2K')).toEqual(['', 'one', 'two', 'three', 'four\n']);
  });

  it('is a line every five seconds, elsewhere', () => {
    expect(shown(false)).toBe('one\nfour\n');
  });
});
