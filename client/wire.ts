import type { ClientFrame, ServerFrame } from '../shared/protocol/frames.ts';

/** Frames of the protocol that a server of version 1 may not know yet: they are best effort. */
export type TypingRequest = { action: 'typing'; roomId: string };
export type TypingPush = { type: 'typing'; roomId: string; userId: string };
export type PresencePush = {
  type: 'presence';
  id?: never;
  roomId: string;
  joined: string[];
  left: string[];
  count: number;
};
export type Goaway = { type: 'goaway'; reason: string; retryWindowMs: number };

export type OutgoingFrame = ClientFrame | TypingRequest;
export type IncomingFrame = ServerFrame | TypingPush | PresencePush | Goaway;

/** Frames of the gateway itself, and of a later protocol, are none of ours and count as absent. */
export function parseFrame(data: unknown): IncomingFrame | undefined {
  try {
    const frame = JSON.parse(String(data));
    return typeof frame?.type === 'string' ? frame : undefined;
  } catch {
    return undefined;
  }
}
