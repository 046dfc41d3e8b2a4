/** Turns chunks of text into whole lines; `flush` hands out what the last line feed left over. */
export function createLineSplitter(onLine: (line: string) => void) {
  let rest = '';
  return {
    write(chunk: string): void {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    flush(): void {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
