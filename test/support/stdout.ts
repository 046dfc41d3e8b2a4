import { jest } from '@jest/globals';

/** What is written to standard output from now on, instead of being shown; until mocks are restored. */
export function captureStdout() {
  let text = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return {
    lines: () => text.split('\n').filter((line) => line !== ''),
    clear() {
      text = '';
    },
  };
}
