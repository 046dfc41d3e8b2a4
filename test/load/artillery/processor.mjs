// Artillery bundles a processor in TypeScript, sources of the project included; this way it loads it.
export { address, converse } from './processor.ts';
