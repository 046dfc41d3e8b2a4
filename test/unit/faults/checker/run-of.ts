import { check } from '../../../faults/checker/check.ts';
import type {
  EventOf,
  FinalConnection,
  FinalState,
  HistoryEvent,
  LogRow,
} from '../../../faults/checker/history.ts';
import type { Rule } from '../../../faults/checker/verdict.ts';

export const ROOM = 'lobby';
const SENDER = 'ann';

type Part<Kind extends HistoryEvent['kind']> = Partial<EventOf<Kind>>;

/** Message `seq` of the room, as everybody should know it. */
const messageOf = (seq: number) => ({
  roomId: ROOM,
  seq,
  messageId: `id-${seq}`,
  clientMessageId: `send-${seq}`,
  text: `text ${seq}`,
});

export const sending = (seq: number, part: Part<'sending'> = {}): HistoryEvent => {
  const { clientMessageId, text } = messageOf(seq);
  return { kind: 'sending', at: 0, client: SENDER, roomId: ROOM, clientMessageId, text, ...part };
};

export const acknowledged = (seq: number, part: Part<'acknowledged'> = {}): HistoryEvent => {
  const { text: _, ...message } = messageOf(seq);
  return { kind: 'acknowledged', at: 0, client: SENDER, duplicate: false, ...message, ...part };
};

export const refused = (seq: number, part: Part<'refused'> = {}): HistoryEvent => {
  const { clientMessageId } = messageOf(seq);
  const refusal = { code: 'UNAVAILABLE', retryable: true };
  return {
    kind: 'refused',
    at: 0,
    client: SENDER,
    roomId: ROOM,
    clientMessageId,
    ...refusal,
    ...part,
  };
};

export const entered = (client: string, after = 0): HistoryEvent => ({
  kind: 'entered',
  at: 0,
  client,
  roomId: ROOM,
  after,
});

export const shown = (client: string, seq: number, part: Part<'shown'> = {}): HistoryEvent => ({
  kind: 'shown',
  at: 0,
  client,
  ...messageOf(seq),
  ...part,
});

export const reset = (client: string, after: number, resumedAt: number): HistoryEvent => ({
  kind: 'reset',
  at: 0,
  client,
  roomId: ROOM,
  after,
  resumedAt,
});

export const row = (
  seq: number,
  part: Partial<Extract<LogRow, { kind: 'message' }>> = {},
): LogRow => ({
  kind: 'message',
  userId: SENDER,
  ...messageOf(seq),
  ...part,
});

export const voidRow = (seq: number): LogRow => ({ kind: 'void', roomId: ROOM, seq });

/** These are sent, and acknowledged. */
export const sent = (...seqs: number[]) => seqs.flatMap((seq) => [sending(seq), acknowledged(seq)]);

/** A client comes, and is shown these in this order. */
export const seen = (client: string, ...seqs: number[]) => [
  entered(client),
  ...seqs.map((seq) => shown(client, seq)),
];

export const rows = (...seqs: number[]) => seqs.map((seq) => row(seq));

export const connection = (
  client: string,
  part: Partial<FinalConnection> = {},
): FinalConnection => ({
  connectionId: `connection-of-${client}`,
  client,
  alive: true,
  rooms: [ROOM],
  ...part,
});

export interface Run {
  history: HistoryEvent[];
  final: FinalState;
}

/** `ann` sends, `ben` watches, both are alive to the end; `parts` replaces what a case is about. */
export function runOf(history: HistoryEvent[], parts: Partial<FinalState> = {}): Run {
  const connections = [connection('ann'), connection('ben')];
  const members = connections.map(({ connectionId }) => ({ roomId: ROOM, connectionId }));
  return { history, final: { log: [], members, connections, ...parts } };
}

/** The rules that a run breaks, each once, sorted. */
export function brokenRules({ history, final }: Run): Rule[] {
  return [...new Set(check(history, final).violations.map(({ rule }) => rule))].sort();
}
