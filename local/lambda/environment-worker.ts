/**
 * The inside of one execution environment: imports the built module once, then answers one
 * invocation at a time. Runs as a worker thread; imports nothing but Node, so that an idle
 * environment costs little more than the handler itself.
 */
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  EnvironmentReport,
  EnvironmentSettings,
  InvocationRequest,
} from './environment-messages.ts';
import { observeTableUses } from './table-uses.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const { modulePath, exportName, context } = workerData as EnvironmentSettings;
const port = parentPort;
if (!port) throw new Error('environment-worker.ts runs only as a worker thread of the invoker');

const takeTableUses = observeTableUses();
const report = (message: EnvironmentReport) => port.postMessage(message);

function describe(thrown: unknown): { errorType: string; message: string } {
  if (thrown instanceof Error) return { errorType: thrown.name, message: thrown.message };
  return { errorType: typeof thrown, message: String(thrown) };
}

// Lambda ends the environment on both, with these two exit codes.
process.on('uncaughtException', (error) => {
  report({ kind: 'crashed', ...describe(error) });
  process.exit(129);
});
process.on('unhandledRejection', (reason) => {
  const { errorType, message } = describe(reason);
  report({
    kind: 'crashed',
    errorType: 'Runtime.UnhandledPromiseRejection',
    message: `${errorType}: ${message}`,
  });
  process.exit(128);
});

async function loadHandler(): Promise<Handler> {
  const module = (await import(pathToFileURL(modulePath).href)) as Record<string, unknown>;
  const exported = module[exportName];
  if (typeof exported !== 'function') {
    throw Object.assign(new Error(`${modulePath} does not export a function "${exportName}"`), {
      name: 'Runtime.HandlerNotFound',
    });
  }
  if (exported.length >= 3) {
    throw Object.assign(
      new Error(
        `"${exportName}" declares a callback parameter, which nodejs24.x refuses: make it async`,
      ),
      { name: 'Runtime.CallbackHandlerDeprecated' },
    );
  }
  return exported as Handler;
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    throw Object.assign(
      new Error(`Unable to stringify response body: ${describe(error).message}`),
      {
        name: 'Runtime.MarshalError',
      },
    );
  }
}

async function answer(handler: Handler, request: InvocationRequest): Promise<EnvironmentReport> {
  const { requestId } = request;
  const deadline = Date.now() + request.timeoutMs;
  process.env._X_AMZN_TRACE_ID = request.traceId;
  try {
    const result = await handler(JSON.parse(request.payload), {
      ...context,
      callbackWaitsForEmptyEventLoop: true,
      awsRequestId: requestId,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    });
    const payload = toJson(result);
    return { kind: 'returned', requestId, payload, tableUses: takeTableUses() };
  } catch (error) {
    return { kind: 'threw', requestId, ...describe(error), tableUses: takeTableUses() };
  }
}

try {
  const handler = await loadHandler();
  port.on('message', async (request: InvocationRequest) => report(await answer(handler, request)));
  report({ kind: 'ready' });
} catch (error) {
  report({ kind: 'init-failed', ...describe(error) });
}
