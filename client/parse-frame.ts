import type { ServerFrame } from '../shared/protocol/frames.ts';

/** Replies echo the id of their request; pushes have none. */
export type IncomingFrame = ServerFrame & { id?: string };

/** Frames of the gateway itself, and those of a later protocol, count as absent. */
export function parseFrame(data: unknown): IncomingFrame | undefined {
  try {
    const frame = JSON.parse(String(data));
    return typeof frame?.type === 'string' ? frame : undefined;
  } catch {
    return undefined;
  }
}
