/**
 * One line per hop of a message, printed with `--verbose`: send, stream, fan-out, queue, deliver.
 * `detail` is for people; nothing parses it.
 */
export type Hop = 'connect' | 'send' | 'stream' | 'fan-out' | 'queue' | 'deliver' | 'disconnect';

export type Trace = (hop: Hop, detail: string) => void;

export const noTrace: Trace = () => {};
