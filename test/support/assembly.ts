import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../local/template/synth.ts';

/** A directory of the test's own, removed by `remove`. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'roomcast-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export type Assembly = ReturnType<typeof temporaryDirectory>;

/** The variable that says where assemblies are shared (share-assemblies.ts). */
export const SHARED_ASSEMBLIES = 'SHARED_ASSEMBLIES';

const OPEN_ACCESS = { openAccess: true };

/**
 * Synthesises the app, to be shared by several starts. In a run of `npm test` all files share it, so
 * that nobody may change it: see `changeableApp`.
 *
 * @param context open access by default, as with `npm start`
 */
export async function synthesizedApp(
  context: Record<string, unknown> = OPEN_ACCESS,
): Promise<Assembly> {
  const origin = process.env[SHARED_ASSEMBLIES];
  if (origin === undefined) return await ownApp(context);
  const response = await fetch(origin, { method: 'POST', body: JSON.stringify(context) });
  const said = await response.text();
  if (!response.ok) throw new Error(said);
  return { path: said, remove: () => {} };
}

/** One that its test may change. */
export async function changeableApp(
  context: Record<string, unknown> = OPEN_ACCESS,
): Promise<Assembly> {
  const original = await synthesizedApp(context);
  const copy = temporaryDirectory();
  cpSync(original.path, copy.path, { recursive: true });
  original.remove();
  return copy;
}

/** Synthesised for the caller alone. */
export async function ownApp(context: Record<string, unknown>): Promise<Assembly> {
  const directory = temporaryDirectory();
  try {
    await synthesize({ outDir: directory.path, context });
  } catch (error) {
    directory.remove();
    throw error;
  }
  return directory;
}
