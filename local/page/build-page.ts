import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CLIENT = join(PROJECT_ROOT, 'client');
const PAGE = join(CLIENT, 'web');
const BUILT = join(PAGE, 'dist');

/** What the page is made of. Directories tell of files that were added or removed. */
const SOURCES = [
  CLIENT,
  join(PROJECT_ROOT, 'shared', 'protocol'),
  join(PROJECT_ROOT, 'package-lock.json'),
];
const BUILT_DIRECTORY = /^dist/;

/**
 * Builds the chat page if it is missing or older than what it is made of, which takes about a second.
 * Several may do so at once: each builds beside, and puts its result in place in one step.
 *
 * @returns the directory of the built page
 */
export async function buildPage(): Promise<string> {
  if (changedAt(join(BUILT, 'index.html')) > Math.max(...SOURCES.map(latestChange))) return BUILT;
  const { build } = await import('vite');
  const outDir = mkdtempSync(join(PAGE, 'dist-'));
  const replaced = `${outDir}-old`;
  const { NODE_ENV: before } = process.env;
  try {
    // Whatever runs this, the page gets React as it is made for users.
    process.env.NODE_ENV = 'production';
    await build({
      configFile: join(PAGE, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir, emptyOutDir: true },
    });
    move(BUILT, replaced);
    move(outDir, BUILT);
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
    for (const path of [outDir, replaced]) rmSync(path, { recursive: true, force: true });
  }
  return BUILT;
}

/** Somebody else may have been faster: theirs is as good. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

function latestChange(path: string): number {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const inside = readdirSync(path)
    .filter((name) => !BUILT_DIRECTORY.test(name))
    .map((name) => latestChange(join(path, name)));
  return Math.max(isParentOfBuilt(path) ? 0 : stats.mtimeMs, ...inside);
}

/** Its own time changes with every build. */
const isParentOfBuilt = (path: string) => path === PAGE || path === CLIENT;

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
