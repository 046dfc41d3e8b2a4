import { expect, jest } from '@jest/globals';
import { queriesOf } from '../../local/cloudwatch/cloudwatch.ts';
import type { MetricStore } from '../../local/cloudwatch/metric-store.ts';
import type { StackModel } from '../../local/template/model.ts';
import type { MetricIdentity } from '../../local/template/operations-model.ts';
import { METRICS, type MetricDefinition } from '../../shared/domain/metrics.ts';
import { type EmittedMetric, emittedMetrics } from '../support/emitted-metrics.ts';
import { captureStdout } from '../support/stdout.ts';
import { emitRareMetrics } from './rare-metrics.ts';
import { shownMetrics } from './shown-metrics.ts';
import { synthesizeStacks } from './synthesized-stacks.ts';

const NAMESPACE = 'Roomcast/dev';

/** What functions emitted in a run that logged these lines, and what no run can make them emit. */
export async function emittedIn(lines: readonly string[]): Promise<EmittedMetric[]> {
  const { env } = process;
  process.env = { ...env, POWERTOOLS_METRICS_NAMESPACE: NAMESPACE };
  const stdout = captureStdout();
  try {
    await emitRareMetrics();
    return emittedMetrics([...lines, ...stdout.lines()]);
  } finally {
    jest.restoreAllMocks();
    process.env = env;
  }
}

/**
 * Whatever is shown is emitted, whatever is emitted is shown, and both are what is documented. By
 * function, name and nothing else: another dimension would be another metric, and its graph empty.
 */
export function expectAgreement(emitted: readonly EmittedMetric[]): void {
  const shown = shownMetrics(synthesizeStacks({ openAccess: true }).chat).filter(
    ({ namespace }) => !namespace.startsWith('AWS/'),
  );
  const documented = Object.entries(METRICS).flatMap(([service, metrics]) =>
    Object.keys(metrics).map((metricName) => keyOf({ metricName, dimensions: { service } })),
  );
  expect(unique(emitted.map(keyOf))).toEqual(documented.toSorted());
  expect(unique(shown.map(keyOf))).toEqual(documented.toSorted());
  expect(unique(emitted.map(unitOf))).toEqual(unique(documentedUnits()));
}

/** What only trouble brings about: `npm run test:alarms` does, for the alarms that watch it. */
const RARE_SERVICE_METRICS = [
  'AWS/ApiGateway ExecutionError',
  'AWS/ApiGateway IntegrationError',
  'AWS/DynamoDB ReadThrottleEvents',
  'AWS/DynamoDB WriteThrottleEvents',
  'AWS/Lambda DroppedEventCount',
  'AWS/Lambda OnFailureDestinationDeliveredEventCount',
  'AWS/Lambda RecursiveInvocationsDropped',
];

/** What the template looks at of a service has been measured of some resource in a run, or is rare. */
export function expectServicesMeasured(
  { dashboards, alarms }: StackModel,
  store: MetricStore,
): void {
  const ofServices = (metrics: readonly MetricIdentity[]) =>
    metrics
      .filter(({ namespace }) => namespace.startsWith('AWS/'))
      .map(({ namespace, metricName }) => `${namespace} ${metricName}`);
  const looked = queriesOf({ dashboards, alarms }).flatMap((query) =>
    query.kind === 'metric' ? query.metric : [],
  );
  const measured = ofServices(store.recorded());
  expect(measured.filter((name) => RARE_SERVICE_METRICS.includes(name))).toEqual([]);
  expect(unique([...measured, ...RARE_SERVICE_METRICS])).toEqual(unique(ofServices(looked)));
}

interface Named {
  namespace?: string;
  metricName: string;
  dimensions: Record<string, string>;
}

const keyOf = ({ namespace = NAMESPACE, metricName, dimensions }: Named) =>
  `${namespace} ${metricName} ${JSON.stringify(dimensions)}`;

const unitOf = ({ metricName, unit, dimensions }: EmittedMetric) =>
  `${dimensions.service} ${metricName} in ${unit}`;

const documentedUnits = () =>
  Object.entries(METRICS).flatMap(([service, metrics]) =>
    Object.entries(metrics).map(
      ([name, { unit }]: [string, MetricDefinition]) => `${service} ${name} in ${unit}`,
    ),
  );

const unique = (keys: readonly string[]) => [...new Set(keys)].toSorted();
