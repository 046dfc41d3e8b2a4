/** Where a person waits. */
export interface ProgressStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** On a terminal, one line that changes; elsewhere, such as in a log, a line now and then. */
export interface Progress {
  show(line: string): void;
  /** Leaves the last line where it is; what is printed next begins a new one. */
  end(): void;
}

const LINE_EVERY_MS = 5_000;
const CLEAR_LINE = '\r\u001b[2K';

export function createProgress(stream: ProgressStream, now: () => number): Progress {
  let isOpen = false;
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    show(line) {
      if (stream.isTTY) {
        stream.write(`${CLEAR_LINE}${line}`);
        isOpen = true;
      } else if (now() - toldAt >= LINE_EVERY_MS) {
        stream.write(`${line}\n`);
        toldAt = now();
      }
    },
    end() {
      if (isOpen) stream.write('\n');
      isOpen = false;
    },
  };
}
