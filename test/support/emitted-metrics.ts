import * as z from 'zod';
import { emfLineSchema, emfValuesSchema } from '../../local/cloudwatch/emf-schema.ts';

export interface EmittedMetric {
  namespace: string;
  metricName: string;
  unit: string;
  dimensions: Record<string, string>;
}

/**
 * The metrics that CloudWatch would make of the lines of a log; other lines have none.
 *
 * @throws for a line of metrics that CloudWatch would not accept
 */
export function emittedMetrics(lines: readonly string[]): EmittedMetric[] {
  return lines
    .map((line): unknown => JSON.parse(line))
    .filter((line) => typeof line === 'object' && line !== null && '_aws' in line)
    .flatMap((line) => {
      const { _aws, ...values } = emfLineSchema.parse(line);
      return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.flatMap(({ Name, Unit }) => {
          emfValuesSchema.parse(values[Name], { error: () => `${Name} has no value` });
          return Dimensions.map((names) => ({
            namespace: Namespace,
            metricName: Name,
            unit: z.string().parse(Unit, { error: () => `${Name} has no unit` }),
            dimensions: Object.fromEntries(
              names.map((name) => [name, z.string().parse(values[name])]),
            ),
          }));
        }),
      );
    });
}
