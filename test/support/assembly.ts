import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../local/template/synth.ts';

/** A directory of the test's own, removed by `remove`. */
export function temporaryDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'roomcast-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Synthesises the app, to be shared by several starts.
 *
 * @param context open access by default, as with `npm start`
 */
export async function synthesizedApp(
  context: Record<string, unknown> = { openAccess: true },
): Promise<{ path: string; remove: () => void }> {
  const directory = temporaryDirectory();
  await synthesize({ outDir: directory.path, context });
  return directory;
}
