import { readFileSync } from 'node:fs';

export interface CorpusFrame {
  type?: string;
  action?: string;
  id?: string;
  [field: string]: unknown;
}

/** One frame, in the order in which a proxy saw it pass. */
export interface CorpusLine {
  /** Counted from 1. */
  connection: number;
  from: 'client' | 'server';
  frame: CorpusFrame;
}

export interface Exchange {
  connection: number;
  request: CorpusFrame;
  reply: CorpusFrame;
}

export interface Corpus {
  /** Client frames with the replies that echo their ids, in order. */
  exchanges: Exchange[];
  /** What the server said of itself. */
  pushes: CorpusFrame[];
}

/**
 * What any client can bring about, and what happens in a room with a hole: a sender took a number and
 * crashed, and the first reader that needed it put a void entry there.
 */
export type Play = 'talk' | 'hole';

/** @param version of the protocol */
export function readCorpus(version: number, play: Play = 'talk'): Corpus {
  const path = new URL(`./corpus/version-${version}-${play}.jsonl`, import.meta.url);
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): CorpusLine => JSON.parse(line));
  const byServer = lines.filter(({ from }) => from === 'server').map(({ frame }) => frame);
  return {
    exchanges: lines
      .filter(({ from }) => from === 'client')
      .flatMap(({ connection, frame: request }) => {
        const reply = byServer.find(({ id }) => id !== undefined && id === request.id);
        return reply === undefined ? [] : [{ connection, request, reply }];
      }),
    pushes: byServer.filter(({ id }) => id === undefined),
  };
}

/**
 * Where a value lacks what a recorded one has, or has something of another type in its place. What it
 * has in addition is none of an old client's business.
 */
export function differences(recorded: unknown, actual: unknown, path = '$'): string[] {
  if (kindOf(recorded) !== kindOf(actual)) {
    return [`${path}: ${kindOf(actual)} instead of ${kindOf(recorded)}`];
  }
  if (Array.isArray(recorded) && Array.isArray(actual)) {
    return recorded.length > 0 && actual.length === 0
      ? [`${path}: empty`]
      : recorded
          .slice(0, actual.length)
          .flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`));
  }
  if (!isObject(recorded) || !isObject(actual)) return [];
  return Object.entries(recorded).flatMap(([name, value]) =>
    differences(value, actual[name], `${path}.${name}`),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
