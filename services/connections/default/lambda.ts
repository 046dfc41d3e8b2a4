import { createDefaultHandler } from './handler.ts';

export const handler = createDefaultHandler();
