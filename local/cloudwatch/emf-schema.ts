import * as z from 'zod';

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export const emfLineSchema = z.looseObject({
  _aws: z.object({
    Timestamp: z.int().positive(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string().min(1),
        Dimensions: z.array(z.array(z.string()).max(30)),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string().optional() })).max(100),
      }),
    ),
  }),
});

/** What stands in the field that a metric names. */
export const emfValuesSchema = z.union([
  z.number().transform((value) => [value]),
  z.array(z.number()).min(1).max(100),
]);
