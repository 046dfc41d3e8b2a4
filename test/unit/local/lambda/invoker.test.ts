import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createInvoker,
  type Invoker,
  type InvokerOptions,
} from '../../../../local/lambda/invoker.ts';
import type { FunctionModel } from '../../../../local/template/model.ts';
import { createFunctionModules } from './function-modules.ts';

let modules: Awaited<ReturnType<typeof createFunctionModules>>;
let invoker: Invoker;
let log: string[];
let logged: PromiseWithResolvers<string>;

beforeAll(async () => {
  modules = await createFunctionModules();
});
afterEach(() => invoker?.close());
afterAll(() => modules.remove());

function start(functions: FunctionModel[], options: Partial<InvokerOptions> = {}) {
  log = [];
  logged = Promise.withResolvers();
  invoker = createInvoker({
    functions,
    region: 'eu-west-1',
    accountId: '123456789012',
    baseEnvironment: { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' },
    onLog: (functionId, line, stream) => {
      log.push(`${functionId} ${stream} ${line}`);
      logged.resolve(line);
    },
    ...options,
  });
  return invoker;
}

describe('a handler that returns', () => {
  it('gets the event and answers through JSON, so that undefined vanishes', async () => {
    const echo = await modules.add(
      'echo',
      'export const handler = async (event) => ({ event, nothing: undefined, at: new Date(0) });',
    );
    const result = await start([echo]).invoke('echo', { a: 1, b: undefined });
    expect(result).toEqual({
      status: 'returned',
      payload: { event: { a: 1 }, at: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('answers null when it returns nothing', async () => {
    const quiet = await modules.add('quiet', 'export const handler = async () => {};');
    expect(await start([quiet]).invoke('quiet', {})).toEqual({ status: 'returned', payload: null });
  });

  it('sees the context and the variables that Lambda gives, and nothing of the parent', async () => {
    const self = await modules.add(
      'self',
      `export const handler = async (_, { getRemainingTimeInMillis, ...context }) => ({
         env: process.env, context, remaining: getRemainingTimeInMillis() });`,
      { environment: { ROOMS_TABLE: 'rooms', AWS_ENDPOINT_URL_SQS: 'https://sqs.example.com' } },
    );
    const result = await start([self]).invoke('self', {});
    expect(result).toMatchObject({
      payload: {
        context: {
          functionName: 'roomcast-self',
          functionVersion: '$LATEST',
          invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:roomcast-self',
          memoryLimitInMB: '256',
          awsRequestId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]/),
          logGroupName: '/aws/lambda/roomcast-self',
          logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
          callbackWaitsForEmptyEventLoop: true,
        },
      },
    });
    const { env, remaining } = (result as { payload: { env: object; remaining: number } }).payload;
    expect(env).toEqual({
      ROOMS_TABLE: 'rooms',
      AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: 'roomcast-self',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/roomcast-self',
      AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String),
      LAMBDA_TASK_ROOT: expect.any(String),
      _HANDLER: 'self.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(
        /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/,
      ),
    });
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(20_000);
  });

  it('has what it prints passed on line by line', async () => {
    const chatty = await modules.add(
      'chatty',
      `export const handler = async () => { process.stdout.write('half '); console.log('line'); };`,
    );
    await start([chatty]).invoke('chatty', {});
    expect(await logged.promise).toBe('half line');
    expect(log).toEqual(['chatty stdout half line']);
  });

  it('keeps its module state while its environment stays warm', async () => {
    const counter = await modules.add(
      'counter',
      'let n = 0; export const handler = async () => ++n;',
    );
    start([counter]);
    await invoker.invoke('counter', {});
    expect(await invoker.invoke('counter', {})).toEqual({ status: 'returned', payload: 2 });
    expect(invoker.environments()).toEqual({ counter: { environments: 1, busy: 0, waiting: 0 } });
  });
});

describe('a handler that fails', () => {
  it.each([
    {
      description: 'throws',
      body: `async () => { throw new RangeError('no room'); }`,
      expected: { cause: 'handler', errorType: 'RangeError', message: 'no room' },
    },
    {
      description: 'throws something that is no error',
      body: `async () => { throw 'no room'; }`,
      expected: { cause: 'handler', errorType: 'string', message: 'no room' },
    },
    {
      description: 'returns what JSON cannot hold',
      body: 'async () => ({ n: 1n })',
      expected: { cause: 'handler', errorType: 'Runtime.MarshalError' },
    },
    {
      description: 'exits',
      body: 'async () => { process.exit(3); }',
      expected: {
        cause: 'crash',
        errorType: 'Runtime.ExitError',
        message: 'Runtime exited with error: exit status 3',
      },
    },
    {
      description: 'throws outside its promise',
      body: `() => new Promise(() => setImmediate(() => { throw new Error('stray'); }))`,
      expected: { cause: 'crash', errorType: 'Error', message: 'stray' },
    },
    {
      description: 'leaves a rejection unhandled',
      body: `() => new Promise(() => { Promise.reject(new Error('stray')); })`,
      expected: {
        cause: 'crash',
        errorType: 'Runtime.UnhandledPromiseRejection',
        message: 'Error: stray',
      },
    },
    {
      description: 'answers with more than 6 MB',
      body: `async () => 'x'.repeat(6_291_556)`,
      expected: { cause: 'payload-too-large', errorType: 'Function.ResponseSizeTooLarge' },
    },
  ])('is reported when it $description, and works again next time', async ({ body, expected }) => {
    const fragile = await modules.add(
      `fragile-${Buffer.from(body).toString('hex').slice(0, 90)}`,
      `const fail = ${body};
       export const handler = async (event) => (event.fail ? fail() : 'fine');`,
    );
    start([fragile]);
    const result = await invoker.invoke(fragile.id, { fail: true });
    expect(result).toMatchObject({ status: 'function-error', ...expected });
    expect(await invoker.invoke(fragile.id, {})).toEqual({ status: 'returned', payload: 'fine' });
  });

  it('is a crash when it runs out of memory', async () => {
    const greedy = await modules.add(
      'greedy',
      'export const handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill({})); };',
      { memoryMb: 128 },
    );
    const result = await start([greedy]).invoke('greedy', {});
    expect(result).toMatchObject({ status: 'function-error', cause: 'crash' });
  });

  it('is ended at its timeout, even in an endless loop', async () => {
    const stuck = await modules.add('stuck', 'export const handler = async () => { for (;;); };', {
      timeoutMs: 250,
    });
    const result = await start([stuck]).invoke('stuck', {});
    expect(result).toMatchObject({
      status: 'function-error',
      cause: 'timeout',
      message: expect.stringMatching(
        /^\d{4}-\S+Z [0-9a-f-]{36} Task timed out after 0\.25 seconds$/,
      ),
    });
  });

  it('is refused before it runs when the event exceeds 6 MB', async () => {
    const idle = await modules.add('idle', 'export const handler = async () => {};');
    const result = await start([idle]).invoke('idle', 'x'.repeat(6_291_456));
    expect(result).toMatchObject({ cause: 'payload-too-large' });
    expect(invoker.environments()).toMatchObject({ idle: { environments: 0 } });
  });
});

describe('init', () => {
  it.each([
    [
      'throws',
      `throw new TypeError('ROOMS_TABLE is missing\\nmore');`,
      'TypeError',
      'ROOMS_TABLE is missing',
    ],
    [
      'has another export',
      'export const other = async () => {};',
      'Runtime.HandlerNotFound',
      'handler',
    ],
    [
      'takes a callback',
      'export const handler = (event, context, callback) => callback(null, 1);',
      'Runtime.CallbackHandlerDeprecated',
      'callback',
    ],
    ['exits', 'process.exit(1);', 'Runtime.ExitError', 'exit status 1'],
  ])('is reported in one line when the module %s', async (what, source, errorType, message) => {
    const broken = await modules.add(`broken-${what.replaceAll(' ', '-')}`, source);
    const result = await start([broken]).invoke(broken.id, {});
    expect(result).toMatchObject({
      cause: 'init',
      errorType,
      message: expect.stringContaining(message),
    });
    expect((result as { message: string }).message).not.toContain('\n');
  });

  it('is reported when there is no module', async () => {
    const gone = await modules.add('gone', '');
    const result = await start([{ ...gone, modulePath: `${gone.modulePath}x.mjs` }]).invoke(
      'gone',
      {},
    );
    expect(result).toMatchObject({
      cause: 'init',
      message: expect.stringContaining('Cannot find module'),
    });
  });
});

it('names the functions there are when asked for another', async () => {
  const echo = await modules.add('known', 'export const handler = async () => {};');
  await expect(start([echo]).invoke('unknown', {})).rejects.toThrow('there are known');
});
