import { describe, expect, it } from '@jest/globals';
import { refuseUnmeasured } from '../../../../local/cloudwatch/service-metrics.ts';
import type { MetricIdentity } from '../../../../local/template/operations-model.ts';
import { aMetricQuery, anExpression } from './metric-fixtures.ts';

const refuse = (metric: MetricIdentity) =>
  refuseUnmeasured([anExpression('m1 + 1'), { ...aMetricQuery('m1'), metric }]);

describe('a metric of a service that the template looks at', () => {
  it('is taken when the runtime measures it, by the same dimensions', () => {
    const dimensions = { Stage: 'live', ApiId: 'api' };
    refuse({ namespace: 'AWS/ApiGateway', metricName: 'ConnectCount', dimensions });
    refuse({ namespace: 'Roomcast/dev', metricName: 'anything', dimensions: {} });
  });

  it.each([
    { namespace: 'AWS/Lambda', metricName: 'DeadLetterErrors', dimensions: { FunctionName: 'f' } },
    { namespace: 'AWS/Lambda', metricName: 'Errors', dimensions: {} },
    { namespace: 'AWS/SQS', metricName: 'Errors', dimensions: { QueueName: 'q' } },
    { namespace: 'AWS/S3', metricName: 'BucketSizeBytes', dimensions: { BucketName: 'b' } },
  ])('is refused otherwise: $namespace $metricName by $dimensions', (metric) => {
    expect(() => refuse(metric)).toThrow(
      `looks at ${metric.namespace} ${metric.metricName} by ${Object.keys(metric.dimensions)[0] ?? 'nothing'}, which the local runtime does not measure`,
    );
  });
});
