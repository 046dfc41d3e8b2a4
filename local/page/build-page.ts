import { mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));
const inProject = (...path: string[]) => join(PROJECT_ROOT, ...path);
const CLIENT = inProject('client');
const CHAT = inProject('client', 'web');
const OPS = inProject('local', 'ops', 'page');

/** What the pages are made of. Directories tell of files that were added or removed. */
const PAGES = {
  chat: { directory: CHAT, sources: [CLIENT, inProject('shared', 'protocol')] },
  ops: {
    directory: OPS,
    sources: [OPS, inProject('local', 'ops', 'contract.ts'), CHAT, inProject('docs', 'runbook.md')],
  },
};
const PACKAGES = inProject('package-lock.json');
const BUILT_DIRECTORY = /^dist/;

export type PageName = keyof typeof PAGES;

/**
 * Builds a page if it is missing or older than what it is made of, which takes about a second.
 * Several may do so at once: each builds beside, and puts its result in place in one step.
 *
 * @returns the directory of the built page
 */
export async function buildPage(name: PageName): Promise<string> {
  const { directory, sources } = PAGES[name];
  const built = join(directory, 'dist');
  const newest = Math.max(...[...sources, PACKAGES].map(latestChange));
  if (changedAt(join(built, 'index.html')) > newest) return built;
  const { build } = await import('vite');
  const outDir = mkdtempSync(join(directory, 'dist-'));
  const replaced = `${outDir}-old`;
  const { NODE_ENV: before } = process.env;
  try {
    // Whatever runs this, the page gets React as it is made for users.
    process.env.NODE_ENV = 'production';
    await build({
      configFile: join(directory, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir, emptyOutDir: true },
    });
    move(built, replaced);
    move(outDir, built);
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
    for (const path of [outDir, replaced]) rmSync(path, { recursive: true, force: true });
  }
  return built;
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
const isParentOfBuilt = (path: string) => [CLIENT, CHAT, OPS].includes(path);

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
