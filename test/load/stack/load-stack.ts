import type { PostPace } from '../measure/post-watch.ts';
import { startStackProcess } from './stack-process.ts';

/** What the load is put on. */
export interface LoadStack {
  url: string;
  /** For people: how it came about. */
  description: string;
  /** What the stack itself has counted since it started; undefined when it cannot be asked. */
  figures(): Promise<StackFigures | undefined>;
  stop(): Promise<void>;
}

export interface StackFigures {
  /** Posts to `@connections` by the status of the answer. */
  postsByStatus: Record<string, number>;
  /** Environments of functions that were started. */
  coldStarts: number;
  /** Of all its time; absent when it was not told what it may post. */
  pace?: PostPace;
}

export interface OpenOptions {
  url?: string;
  /** Where `npm start` would be. */
  port: number;
  /** Do not look for one that runs. */
  fresh: boolean;
  /** What it may post, as an account of its size has it: always a fresh one. */
  postsPerSecond?: number | undefined;
  signal: AbortSignal;
  onProgress: (line: string) => void;
}

export async function openStack(options: OpenOptions): Promise<LoadStack> {
  const { url, port, fresh, postsPerSecond, signal, onProgress } = options;
  if (url !== undefined) return strange(url, `the stack at ${new URL(url).host}`);
  if (!fresh && postsPerSecond === undefined && (await isRoomcast(port))) {
    return strange(`ws://127.0.0.1:${port}/live`, `the stack that runs on port ${port}`);
  }
  onProgress('Synthesising and starting a local stack …');
  const own = await startStackProcess({ postsPerSecond }, signal);
  return { ...own, description: 'a fresh local stack, in a process beside the load' };
}

/** Somebody else's: it says nothing of itself over the wire. */
const strange = (url: string, description: string): LoadStack => ({
  url,
  description,
  figures: async () => undefined,
  stop: async () => {},
});

/** Where nothing listens, the answer comes at once; where a stack does, its function may start cold. */
const COLD_START_MS = 20_000;

async function isRoomcast(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(COLD_START_MS);
    const response = await fetch(`http://127.0.0.1:${port}/api/health`, { signal });
    const health = (await response.json()) as { status?: unknown };
    return response.ok && typeof health.status === 'string';
  } catch {
    return false;
  }
}
