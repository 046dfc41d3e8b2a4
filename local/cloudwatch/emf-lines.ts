import * as z from 'zod';
import { emfLineSchema, emfValuesSchema } from './emf-schema.ts';
import { keyOf, type MetricStore, type Recorder } from './metric-store.ts';

/** Every such line has it, and hardly any other: they are told apart without being parsed. */
const MARK = '"_aws"';

/**
 * Takes the metrics out of the lines of a log, as CloudWatch does. Other lines have none, and one that
 * CloudWatch would not accept is told as a problem.
 */
export function createEmfReader(
  store: MetricStore,
  onProblem: (problem: string) => void,
): (functionName: string, line: string) => void {
  const recorders = new Map<string, Recorder>();

  return (functionName, line) => {
    if (!line.includes(MARK)) return;
    const parsed = parse(line);
    if (parsed === undefined) return;
    if (!parsed.success) {
      const problem = z.prettifyError(parsed.error).replaceAll('\n', ' ');
      onProblem(`${functionName} wrote metrics that CloudWatch would not accept. ${problem}`);
      return;
    }
    const { _aws, ...fields } = parsed.data;
    for (const { Namespace, Dimensions, Metrics } of _aws.CloudWatchMetrics) {
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(fields[name])]));
        for (const { Name } of Metrics) {
          const record = recorderOf({ namespace: Namespace, metricName: Name, dimensions });
          const values = emfValuesSchema.safeParse(fields[Name]);
          if (!values.success) {
            onProblem(`${functionName} wrote the metric ${Name} without a number.`);
            continue;
          }
          for (const value of values.data) record(value, { atMs: _aws.Timestamp });
        }
      }
    }
  };

  function recorderOf(metric: Parameters<MetricStore['recorder']>[0]): Recorder {
    const key = keyOf(metric);
    const known = recorders.get(key) ?? store.recorder(metric);
    recorders.set(key, known);
    return known;
  }
}

/** A line that only mentions the mark, such as a text in quotes, is no line of metrics. */
function parse(line: string) {
  try {
    const json: unknown = JSON.parse(line);
    if (typeof json !== 'object' || json === null || !('_aws' in json)) return undefined;
    return emfLineSchema.safeParse(json);
  } catch {
    return undefined;
  }
}
