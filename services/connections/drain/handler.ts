import type { Context } from 'aws-lambda';
import * as z from 'zod';
import type { Log } from '../../../shared/lambda/log.ts';
import type { MetricsOf } from '../../../shared/lambda/metrics.ts';
import { goawayFrame } from '../../../shared/protocol/push-frames.ts';
import type { Drain, DrainReport } from './drain.ts';

/** Half of what API Gateway takes in new connections, so that others can still come. */
const LIMIT_PER_SECOND = 250;

/** What an operator may say; everything has a default. */
const orderSchema = z.strictObject({
  /** Shown to clients. */
  reason: z.string().min(1).max(200).default('maintenance'),
  /** Each client comes back at a random moment of this time. */
  retryWindowMs: z.int().min(0).max(3_600_000).default(60_000),
  limitPerSecond: z.int().min(1).max(5_000).default(LIMIT_PER_SECOND),
  cursor: z.strictObject({ after: z.string().optional(), connectedBefore: z.number() }).optional(),
});

export interface DrainHandlerDependencies {
  drain: Drain;
  log: Log;
  metrics: MetricsOf<'drain'>;
}

/** An operator's order → `goaway` to every connection, at least once, at a bounded rate. */
export function createDrainHandler({ drain, log, metrics }: DrainHandlerDependencies) {
  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<DrainReport> => {
    const parsed = orderSchema.safeParse(event ?? {});
    if (!parsed.success) throw new Error(`The order is wrong. ${z.prettifyError(parsed.error)}`);
    const { reason, retryWindowMs, limitPerSecond, cursor } = parsed.data;
    const frame = goawayFrame(reason, retryWindowMs);
    const report = await drain({ frame, limitPerSecond, cursor }, () =>
      context.getRemainingTimeInMillis(),
    );
    log.info('drained', { reason, retryWindowMs, limitPerSecond, ...report });
    metrics.emit({ told: report.told });
    return report;
  };
}
