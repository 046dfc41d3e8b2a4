import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes `directory` (created if missing) for this process, so that two engines never write the same
 * files. The lock is an open SQLite transaction, that is, a file lock of the operating system: it is
 * gone the moment its owner is, even after SIGKILL, and no stale lock is ever left to clean up.
 *
 * @throws Error that names the process that holds the directory.
 */
export function lockDirectory(directory: string): DirectoryLock {
  mkdirSync(directory, { recursive: true });
  const ownerFile = join(directory, 'lock.pid');
  const database = new DatabaseSync(join(directory, 'lock.sqlite'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw new Error(
      `The data directory ${directory} is in use by process ${readOwner(ownerFile)}. ` +
        'End that process, or choose another directory with --data.',
      { cause },
    );
  }
  writeFileSync(ownerFile, String(process.pid));
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'errcode' in error &&
    error.errcode === SQLITE_BUSY
  );
}

function readOwner(ownerFile: string): string {
  try {
    return readFileSync(ownerFile, 'utf8');
  } catch {
    return '(starting)';
  }
}
