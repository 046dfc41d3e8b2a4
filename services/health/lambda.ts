import { readEnvironment } from '../env.ts';
import { createHealthHandler } from './handler.ts';

const env = readEnvironment('health', process.env);

export const handler = createHealthHandler({ version: env.VERSION });
