import { hash } from 'node:crypto';

/** A frame as a request carries it: its bytes, and the hash that the signature covers. */
export interface FrameBody {
  bytes: Buffer;
  hash: string;
}

/** The jobs of one batch hold 80 frames at most: ten of them, with eight each. */
const FRAMES_MAX = 80;

/** Prepares each frame once, not once per recipient. The frames of the last batch are remembered. */
export function createFrameBodies(): (frame: string) => FrameBody {
  const bodies = new Map<string, FrameBody>();
  return (frame) => {
    const known = bodies.get(frame);
    if (known !== undefined) return known;
    const bytes = Buffer.from(frame);
    const body = { bytes, hash: hash('sha256', bytes) };
    const [oldest] = bodies.keys();
    if (bodies.size === FRAMES_MAX && oldest !== undefined) bodies.delete(oldest);
    bodies.set(frame, body);
    return body;
  };
}
