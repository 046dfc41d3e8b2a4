import { availableParallelism } from 'node:os';
import { type Clock, systemClock } from './clock.ts';
import type { AlarmTransition } from './cloudwatch/alarm-watch.ts';
import { type CloudWatch, startCloudWatch } from './cloudwatch/cloudwatch.ts';
import { ENGINE_CREDENTIALS, ENGINE_SQS_REGION } from './engines/credentials.ts';
import type { Interruptible } from './engines/interruptible.ts';
import { provision } from './engines/provision.ts';
import type { QueueReading } from './engines/queue-readings.ts';
import { startEngines } from './engines/start-engines.ts';
import { startEvents } from './events/start-events.ts';
import type { GatewayFaults } from './gateway/faults.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import type { GatewayLimits } from './gateway/limits.ts';
import type { AnsweredPost } from './gateway/management-api.ts';
import type { Invoke } from './lambda/invocation.ts';
import { createInvokeApi } from './lambda/invoke-api.ts';
import { createInvoker, type Invoker } from './lambda/invoker.ts';
import { describeLocally, toLocalAddresses } from './local-addresses.ts';
import { createOpsApi } from './ops/ops-api.ts';
import { optional } from './optional.ts';
import type { BuiltPages } from './page/build-pages.ts';
import { servePages } from './page/serve-pages.ts';
import { announceRunningStack } from './running-stack.ts';
import type { StackModel } from './template/model.ts';
import { readStackModel } from './template/read-template.ts';
import { noTrace, type Trace } from './trace.ts';

export interface EngineEndpoints {
  dynamoDb: string;
  sqs: string;
}

export interface LocalStackOptions {
  /** Everything that outlives the process is below this directory. */
  dataDir: string;
  /** 0 takes a free one. */
  port: number;
  /** A synthesised cloud assembly to run; absent, the app is synthesised into the data directory. */
  assemblyDir?: string;
  /** To be served at `/` and `/ops`. */
  pages?: BuiltPages;
  /** A running DynamoDB-compatible server, instead of the embedded one. */
  dynamoDbEndpoint?: string;
  /** How often streams are polled; AWS does so every 250 ms. */
  streamPollMs?: number;
  gatewayLimits?: Partial<GatewayLimits>;
  /** Invocations of all functions at a time; an account has 1,000. */
  totalConcurrency?: number;
  faults?: GatewayFaults;
  /** Called with every post to `@connections` that was answered. */
  onPost?: (post: AnsweredPost) => void;
  /**
   * Puts something between the functions and the engines, such as a proxy that spoils calls: given
   * where the engines are, says where the functions find them. Event source mappings go straight.
   */
  interpose?: (engines: EngineEndpoints) => Promise<EngineEndpoints>;
  clock?: Clock;
  trace?: Trace;
  /** What a person should know of: a handler that failed, an engine that ended. */
  onProblem: (problem: string) => void;
  /** How long a minute of metrics and alarms lasts: 60,000 unless a test cannot wait for it. */
  metricMinuteMs?: number;
  /** Called when an alarm changes its state. */
  onAlarm?: (transition: AlarmTransition) => void;
  /** Every line that a handler logs. */
  onLog?: (functionName: string, line: string) => void;
}

export interface LocalStack {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  /** `ws://127.0.0.1:<port>/live` */
  webSocketUrl: string;
  model: StackModel;
  gateway: Gateway;
  invoker: Invoker;
  /** What the template shows and watches, live. */
  cloudWatch: CloudWatch;
  /** The embedded engines; an external one cannot be interrupted. */
  dynamoDb: Interruptible & { endpoint: string };
  sqs: Interruptible & { endpoint: string };
  /** Fault knob: notes where all streams are. What is returned hands everything since over again. */
  markStreams(): () => void;
  /** Resolves when the streams and queues hold nothing that was there at the call. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Environments of one function at a time, where AWS has a thousand: more than twice the cores would
 * only take each other's time.
 */
const ENVIRONMENTS_MAX = Math.min(10, Math.max(4, 2 * availableParallelism()));

/** How long a stop waits for work that is under way; what is cut off is done again at the next start. */
const STOP_GRACE_MS = 800;

/**
 * Runs the synthesised stack on this machine: its tables and queues in real engines, its functions
 * from the built assets, its event source mappings, its gateway. Resolves when it takes connections.
 *
 * @throws Error in one clear line: a busy port, a data directory in use, a template that is not understood.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { dataDir, clock = systemClock, trace = noTrace } = options;
  const cleanUps: (() => Promise<void> | void)[] = [];
  let cloudWatch: CloudWatch | undefined;
  let readings: QueueReading[] = [];
  let stopping = false;
  /** What a stop cuts off is no problem of anybody's. */
  const onProblem = (problem: string) => {
    if (!stopping) options.onProblem(problem);
  };
  const stop = async () => {
    stopping = true;
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };

  try {
    const started = await startEngines(
      {
        ...options,
        onProblem,
        onReadings(latest) {
          readings = latest;
          cloudWatch?.standIns.queues(latest);
        },
      },
      cleanUps,
    );
    const { dynamoDb, sqs, assemblyDir } = started;
    const engines = { dynamoDb: dynamoDb.endpoint, sqs: sqs.endpoint };
    const seen = (await options.interpose?.(engines)) ?? engines;
    const model = readStackModel(assemblyDir, {
      // The SDK follows the address of a queue, not its endpoint, where the two differ.
      queueUrl: (name) => sqs.queueUrl(name).replace(sqs.endpoint, seen.sqs),
    });
    const { streamArns } = await provision({
      model,
      dynamoDbEndpoint: dynamoDb.endpoint,
      sqsEndpoint: sqs.endpoint,
    });

    const { region, accountId } = model;
    cloudWatch = startCloudWatch({
      model,
      clock,
      onProblem,
      ...optional('metricMinuteMs', options.metricMinuteMs),
      ...optional('onAlarm', options.onAlarm),
    });
    const { standIns, log } = cloudWatch;
    standIns.queues(readings);
    cleanUps.push(cloudWatch.stop);
    const serveOps = createOpsApi(cloudWatch, model);
    const nameOf = new Map(model.functions.map(({ id, functionName }) => [id, functionName]));
    const invoke: Invoke = async (functionId, payload) => {
      const result = await invoker.invoke(functionId, payload);
      if (result.status === 'function-error' && result.message !== 'Unauthorized') {
        onProblem(`${nameOf.get(functionId)} failed: ${result.errorType}: ${result.message}`);
      }
      return result;
    };
    const invokeApi = createInvokeApi(model.functions, invoke);
    const servePage = servePages(options.pages ?? {}, model);
    const gateway = createGateway({
      webSocketApi: model.webSocketApi,
      httpApi: model.httpApi,
      region,
      accountId,
      invoke,
      clock,
      trace,
      limits: { drainMs: STOP_GRACE_MS, closeHandshakeMs: 200, ...options.gatewayLimits },
      ...optional('faults', options.faults),
      ...optional('onPost', options.onPost),
      measure: standIns.socket,
      fallback: (request, response) => {
        if (serveOps(request, response)) return;
        if (servePage(request, response)) return;
        void invokeApi(request, response).catch(() => response.destroy());
      },
    });
    const { origin } = await listen(gateway, options.port);

    const invoker = createInvoker({
      functions: toLocalAddresses(model, origin),
      region,
      accountId,
      clock,
      limits: {
        maxEnvironmentsPerFunction: ENVIRONMENTS_MAX,
        ...optional('totalConcurrency', options.totalConcurrency),
      },
      baseEnvironment: {
        AWS_ACCESS_KEY_ID: ENGINE_CREDENTIALS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: ENGINE_CREDENTIALS.secretAccessKey,
        AWS_ENDPOINT_URL_DYNAMODB: seen.dynamoDb,
        AWS_ENDPOINT_URL_SQS: seen.sqs,
      },
      observer: standIns.invocations,
      onLog(functionId, line) {
        log(functionId, line);
        options.onLog?.(nameOf.get(functionId) ?? functionId, line);
      },
    });
    cleanUps.push(() => invoker.close());

    const mappings = await startEvents(
      {
        model,
        dataDir,
        engines: started,
        streamArns,
        concurrencyCap: ENVIRONMENTS_MAX,
        invoke,
        clock,
        trace,
        observer: standIns.streams,
        onProblem,
        streamPollMs: options.streamPollMs,
        stopGraceMs: STOP_GRACE_MS,
      },
      cleanUps,
    );
    cleanUps.push(() => gateway.close());
    const takeBack = announceRunningStack(dataDir, {
      region: ENGINE_SQS_REGION,
      endpoints: {
        dynamoDb: dynamoDb.endpoint,
        sqs: sqs.endpoint,
        s3: sqs.endpoint,
        lambda: origin,
      },
      ...describeLocally(model, origin, sqs.queueUrl),
    });
    cleanUps.push(takeBack);

    return {
      origin,
      webSocketUrl: `${origin.replace('http', 'ws')}/${model.webSocketApi.stageName}`,
      model,
      gateway,
      invoker,
      cloudWatch,
      dynamoDb,
      sqs,
      markStreams: mappings.markStreams,
      idle: mappings.idle,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen(gateway: Gateway, port: number) {
  try {
    return await gateway.listen(port);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`The port ${port} is in use. Choose another one, for example with --port 0.`);
  }
}
