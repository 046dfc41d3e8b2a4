import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from './clock.ts';

/** What the functions log, kept for whoever asks later what became of a message. */
export interface LogFile {
  write(functionName: string, line: string): void;
  /** Writes what is not written yet. */
  flush(): void;
  /** Writes what is not written yet, and nothing from then on: the directory may go. */
  close(): void;
}

export interface LogFileOptions {
  clock?: Clock;
  /** Told when lines cannot be kept (no space, no directory), and not again until one is. */
  onProblem?: (problem: string) => void;
  /** Of the newest file; the one before it is kept as well, and nothing else. */
  maxBytes?: number;
}

export const LOG_FILE = 'functions.log';
const LOG_FILE_BEFORE = 'functions.1.log';

/** Some thirty thousand lines; twice that are kept. */
const MAX_BYTES = 10_000_000;

/** Lines that come within this time share one write. */
const WRITE_DELAY_MS = 100;

/** Lines that only carry metrics (EMF) would fill the file, and tell of no message. */
const METRICS_ONLY = '{"_aws":';

/** A file of JSON lines in the data directory that never grows beyond a size. */
export function createLogFile(dataDir: string, options: LogFileOptions = {}): LogFile {
  const { clock = systemClock, onProblem = () => {}, maxBytes = MAX_BYTES } = options;
  const path = join(dataDir, LOG_FILE);
  mkdirSync(dirname(path), { recursive: true });
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let waiting: string[] = [];
  let callOff: (() => void) | undefined;
  let isClosed = false;
  let isFailing = false;

  function flush(): void {
    callOff?.();
    callOff = undefined;
    if (waiting.length === 0) return;
    const text = `${waiting.join('\n')}\n`;
    waiting = [];
    try {
      append(text);
      isFailing = false;
    } catch (error) {
      // The chat goes on without its log.
      const reason = error instanceof Error ? error.message : error;
      if (!isFailing) onProblem(`The functions' log is not kept: ${reason}`);
      isFailing = true;
    }
  }

  function append(text: string): void {
    if (bytes > maxBytes) {
      renameSync(path, join(dataDir, LOG_FILE_BEFORE));
      bytes = 0;
    }
    appendFileSync(path, text);
    bytes += Buffer.byteLength(text);
  }

  return {
    write(functionName, line) {
      if (isClosed || line.startsWith(METRICS_ONLY)) return;
      waiting.push(isJson(line) ? line : JSON.stringify({ service: functionName, message: line }));
      callOff ??= clock.after(WRITE_DELAY_MS, flush);
    },
    flush,
    close() {
      isClosed = true;
      flush();
    },
  };
}

/** Of a logger of ours; the platform's own words are text. */
const isJson = (line: string) => line.startsWith('{') && line.endsWith('}');
