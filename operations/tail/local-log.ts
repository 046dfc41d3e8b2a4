import { closeSync, existsSync, fstatSync, openSync, readSync, watch } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { StackError } from '../common/stack-facts.ts';
import type { LogSource } from './tail.ts';

/** As `npm start` keeps it: the newest file, and the one before. */
const FILE = 'functions.log';
const FILE_BEFORE = 'functions.1.log';

const CHUNK_BYTES = 1_000_000;

interface LocalLog {
  dataDir: string;
  follow: boolean;
}

/**
 * What the functions of the local stack have logged, running or not.
 *
 * @throws StackError when there is no log.
 */
export function createLocalLog({ dataDir, follow }: LocalLog): LogSource {
  const path = join(dataDir, FILE);
  if (!existsSync(path)) {
    throw new StackError(
      `There is no ${path}: no stack has logged there yet. Start one with "npm start", or name its directory with --data.`,
    );
  }

  return async function* lines(signal) {
    const before = join(dataDir, FILE_BEFORE);
    if (existsSync(before)) yield* readAll(before);
    let file = openLog(path);
    // Before anything is read: what is written meanwhile must not go unnoticed.
    let wake = () => {};
    const watcher = watch(dataDir, () => wake());
    signal.addEventListener('abort', () => wake());
    try {
      for (;;) {
        yield* file.read();
        if (!follow || signal.aborted) return;
        const changed = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (file.isReplaced()) {
          yield* file.read();
          file.close();
          file = openLog(path);
        } else if (!file.hasMore()) await changed;
      }
    } finally {
      watcher.close();
      file.close();
    }
  };
}

function* readAll(path: string): Generator<string[]> {
  const file = openLog(path);
  yield* file.read();
  file.close();
}

/** Reads on in one file, whole lines only, whatever name it has meanwhile. */
function openLog(path: string) {
  const descriptor = openSync(path, 'r');
  const decoder = new StringDecoder('utf8');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let position = 0;
  let rest = '';
  const { ino } = fstatSync(descriptor);

  return {
    *read(): Generator<string[]> {
      for (;;) {
        const bytes = readSync(descriptor, chunk, 0, CHUNK_BYTES, position);
        if (bytes === 0) return;
        position += bytes;
        const lines = (rest + decoder.write(chunk.subarray(0, bytes))).split('\n');
        rest = lines.pop() ?? '';
        yield lines;
      }
    },
    hasMore: () => fstatSync(descriptor).size > position,
    isReplaced(): boolean {
      if (!existsSync(path)) return false;
      const other = openSync(path, 'r');
      try {
        return fstatSync(other).ino !== ino;
      } finally {
        closeSync(other);
      }
    },
    close: () => closeSync(descriptor),
  };
}
