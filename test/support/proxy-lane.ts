import type { WebSocket } from 'ws';

/** One frame on its way. `up` is from the client to the server. */
export interface ProxyFrame {
  connection: number;
  direction: 'up' | 'down';
  /** Counted from 1, per connection and direction. */
  index: number;
  /** Since the proxy started. */
  atMs: number;
  /** The JSON of the frame, as loosely typed as a test must see it. */
  body: { type?: string; action?: string; [field: string]: unknown };
}

export type Verdict =
  | 'pass'
  /** Swallowed; the connection stays. */
  | 'suppress'
  /** Swallowed, and the connection is cut: with a close frame, or without. */
  | 'close'
  | 'terminate'
  /** Nothing passes in either direction from here on, and nobody is told. */
  | 'black-hole'
  /** Passes after the next frame of its direction: the two change places. */
  | 'hold'
  | { delayMs: number }
  /** How many times it passes. */
  | { copies: number };

/** By connection, by frame or by time. */
export type FrameRule = (frame: ProxyFrame) => Verdict | undefined;

export interface LaneEvent extends Omit<ProxyFrame, 'body'> {
  event: 'passed' | 'suppressed' | 'cut' | 'held' | 'delayed' | 'duplicated' | 'black-holed';
  body: ProxyFrame['body'];
}

export interface ProxyLane {
  readonly isBlackHole: boolean;
}

export interface ProxyLaneOptions extends Pick<ProxyFrame, 'connection' | 'direction'> {
  from: WebSocket;
  to: WebSocket;
  atMs: () => number;
  rule: (frame: ProxyFrame) => Verdict;
  log: (event: LaneEvent) => void;
  cut: (how: 'close' | 'terminate') => void;
}

const blackHoles = new WeakSet<WebSocket>();

/** Passes frames on in one direction, as the rule says. */
export function createProxyLane(options: ProxyLaneOptions): ProxyLane {
  const { connection, direction, from, to, atMs, rule, log, cut } = options;
  let index = 0;
  let held: string | undefined;

  const isBlackHole = () => blackHoles.has(from) || blackHoles.has(to);

  function pass(text: string): void {
    if (to.readyState === to.OPEN && !isBlackHole()) to.send(text);
  }

  function forward(text: string): void {
    pass(text);
    if (held === undefined) return;
    pass(held);
    held = undefined;
  }

  from.on('message', (data) => {
    const text = String(data);
    index += 1;
    const frame = { connection, direction, index, atMs: atMs(), body: parse(text) };
    const verdict = isBlackHole() ? 'black-hole' : rule(frame);
    const tell = (event: LaneEvent['event']) => log({ event, ...frame });
    if (verdict === 'pass') {
      forward(text);
      tell('passed');
    } else if (verdict === 'suppress') tell('suppressed');
    else if (verdict === 'close' || verdict === 'terminate') {
      tell('cut');
      cut(verdict);
    } else if (verdict === 'black-hole') {
      blackHoles.add(from);
      tell('black-holed');
    } else if (verdict === 'hold') {
      if (held !== undefined) pass(held);
      held = text;
      tell('held');
    } else if ('delayMs' in verdict) {
      setTimeout(() => forward(text), verdict.delayMs).unref();
      tell('delayed');
    } else {
      for (let copy = 0; copy < verdict.copies; copy += 1) forward(text);
      tell('duplicated');
    }
  });

  return {
    get isBlackHole() {
      return isBlackHole();
    },
  };
}

function parse(text: string): ProxyFrame['body'] {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}
