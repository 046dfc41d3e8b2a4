import * as z from 'zod';

export interface EmittedMetric {
  namespace: string;
  metricName: string;
  unit: string;
  dimensions: Record<string, string>;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const blobSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.int().positive(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string().min(1),
        Dimensions: z.array(z.array(z.string()).max(30)),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })).max(100),
      }),
    ),
  }),
});
const valueSchema = z.union([z.number(), z.array(z.number()).min(1).max(100)]);

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
      const { _aws, ...values } = blobSchema.parse(line);
      return _aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
        Metrics.flatMap(({ Name, Unit }) => {
          valueSchema.parse(values[Name], { error: () => `${Name} has no value` });
          return Dimensions.map((names) => ({
            namespace: Namespace,
            metricName: Name,
            unit: Unit,
            dimensions: Object.fromEntries(
              names.map((name) => [name, z.string().parse(values[name])]),
            ),
          }));
        }),
      );
    });
}
