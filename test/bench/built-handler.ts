import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import { buildBundle } from '../../infra/constructs/bundle.ts';

export type Handler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * A function's handler out of the very bundle that is deployed. Its environment becomes that of this
 * process, since the SDK reads some of it only with the first request.
 *
 * @param folder of its `lambda.ts`, from the project's root
 */
export async function loadBuiltHandler<Event, Result>(
  folder: string,
  environment: Record<string, string>,
): Promise<Handler<Event, Result>> {
  const output = mkdtempSync(join(tmpdir(), 'roomcast-bench-'));
  const file = join(output, 'index.mjs');
  try {
    buildBundle(fileURLToPath(new URL(`../../${folder}/lambda.ts`, import.meta.url)), file);
    Object.assign(process.env, environment);
    const { handler } = await import(pathToFileURL(file).href);
    return handler;
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** Of the context, the handlers use no more than the time that is left. */
export const PATIENT_CONTEXT = { getRemainingTimeInMillis: () => 30_000 } as Context;
