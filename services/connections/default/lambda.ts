import { createMetrics } from '../../../shared/lambda/powertools-metrics.ts';
import { createDefaultHandler } from './handler.ts';

export const handler = createDefaultHandler({ metrics: createMetrics('default') });
