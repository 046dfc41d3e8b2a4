import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Clock, systemClock } from '../clock.ts';

/** How far each shard of each mapping is done; survives a restart in the file-backed form. */
export interface CheckpointStore {
  load(key: string): Promise<string | undefined>;
  save(key: string, sequenceNumber: string): Promise<void>;
}

export function createMemoryCheckpointStore(): CheckpointStore {
  const checkpoints = new Map<string, string>();
  return {
    load: async (key) => checkpoints.get(key),
    save: async (key, sequenceNumber) => void checkpoints.set(key, sequenceNumber),
  };
}

export interface FileCheckpointStore extends CheckpointStore {
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

/** A crash loses the checkpoints of this long at most: those records are then handed over again. */
const WRITE_DELAY_MS = 200;

/**
 * Keeps checkpoints in one small JSON file, replaced as a whole so that it is never half written.
 * `save` only takes note; saves that follow each other closely share one write. A file that cannot
 * be read counts as empty: mappings then start where their template says, and handlers see records
 * twice, which they have to bear anyway.
 */
export async function createFileCheckpointStore(
  path: string,
  { clock = systemClock, onProblem = () => {} }: FileCheckpointStoreOptions = {},
): Promise<FileCheckpointStore> {
  const checkpoints = await read(path, onProblem);
  let cancelTimer: (() => void) | undefined;
  let dirty = false;
  let writing = Promise.resolve();

  async function write(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    if (!dirty) return;
    dirty = false;
    try {
      await mkdir(dirname(path), { recursive: true });
      const draft = `${path}.new`;
      await writeFile(draft, `${JSON.stringify(Object.fromEntries(checkpoints), null, 1)}\n`);
      await rename(draft, path);
    } catch (error) {
      dirty = true;
      onProblem(`Cannot write stream checkpoints to ${path}: ${String(error)}`);
    }
  }

  /** One write at a time, since all share one draft file. */
  function flush(): Promise<void> {
    writing = writing.then(write);
    return writing;
  }

  return {
    load: async (key) => checkpoints.get(key),
    async save(key, sequenceNumber) {
      checkpoints.set(key, sequenceNumber);
      dirty = true;
      cancelTimer ??= clock.after(WRITE_DELAY_MS, () => void flush());
    },
    flush,
  };
}

export interface FileCheckpointStoreOptions {
  clock?: Clock;
  onProblem?: (problem: string) => void;
}

async function read(
  path: string,
  onProblem: (problem: string) => void,
): Promise<Map<string, string>> {
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
    const entries = Object.entries(parsed ?? {}) as [string, unknown][];
    return new Map(entries.filter((entry): entry is [string, string] => isSequence(entry[1])));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!missing) onProblem(`Ignoring unreadable stream checkpoints in ${path}: ${String(error)}`);
    return new Map();
  }
}

function isSequence(value: unknown): value is string {
  return typeof value === 'string' && /^\d+$/.test(value);
}
