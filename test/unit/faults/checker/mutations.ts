import type { EventOf, HistoryEvent, MessageRow } from '../../../faults/checker/history.ts';
import type { Rule } from '../../../faults/checker/verdict.ts';
import { ROOM, type Run } from './run-of.ts';

/** One way in which a run can go wrong at one point, and the rule that has to see it. */
export interface Mutation {
  name: string;
  rule: Rule;
  /** `pick` chooses the point; undefined when the run has no such point. */
  apply(run: Run, pick: Pick): Run | undefined;
}

type Pick = <T>(candidates: readonly T[]) => T | undefined;

const eventsOf = <Kind extends HistoryEvent['kind']>({ history }: Run, kind: Kind) =>
  history.filter((event): event is EventOf<Kind> => event.kind === kind);
const messagesOf = ({ final }: Run) => final.log.filter((row) => row.kind === 'message');

function withEvent(run: Run, event: HistoryEvent, ...instead: HistoryEvent[]): Run {
  const at = run.history.indexOf(event);
  return { ...run, history: run.history.toSpliced(at, 1, ...instead) };
}

const withLog = (run: Run, log: Run['final']['log']): Run => ({
  ...run,
  final: { ...run.final, log },
});

/** A mutation of one event of a kind. */
const ofEvent = <Kind extends 'shown' | 'acknowledged'>(
  name: string,
  rule: Rule,
  kind: Kind,
  change: (event: EventOf<Kind>) => HistoryEvent[],
): Mutation => ({
  name,
  rule,
  apply(run, pick) {
    const event = pick(eventsOf(run, kind));
    return event && withEvent(run, event, ...change(event));
  },
});

/** A mutation of one message of the log that was acknowledged. */
const ofRow = (
  name: string,
  rule: Rule,
  change: (row: MessageRow, run: Run) => Run['final']['log'],
): Mutation => ({
  name,
  rule,
  apply(run, pick) {
    const acknowledged = new Set(eventsOf(run, 'acknowledged').map(({ messageId }) => messageId));
    const row = pick(messagesOf(run).filter(({ messageId }) => acknowledged.has(messageId)));
    return row && withLog(run, change(row, run));
  },
});

const lastSeq = ({ final }: Run) => Math.max(...final.log.map(({ seq }) => seq));

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a message is never shown, though later ones are',
    rule: 'gap-never-repaired',
    apply(run, pick) {
      const all = eventsOf(run, 'shown');
      const early = all.filter((event) =>
        all.some(({ client, seq }) => client === event.client && seq > event.seq),
      );
      const event = pick(early);
      return event && withEvent(run, event);
    },
  },
  {
    name: 'the last message is never shown',
    rule: 'never-shown',
    apply(run, pick) {
      const all = eventsOf(run, 'shown');
      const event = pick([...new Map(all.map((shown) => [shown.client, shown])).values()]);
      return event && withEvent(run, event);
    },
  },
  {
    name: 'two messages change places for one client',
    rule: 'reordered',
    apply(run, pick) {
      const all = eventsOf(run, 'shown');
      const pairs = [...Map.groupBy(all, ({ client }) => client).values()].flatMap((shown) =>
        shown.slice(1).map((next, index) => [shown[index], next] as const),
      );
      const [first, second] = pick(pairs) ?? [];
      if (first === undefined || second === undefined) return undefined;
      const history = run.history.with(run.history.indexOf(first), second);
      return { ...run, history: history.with(run.history.indexOf(second), first) };
    },
  },
  ofEvent('a message is shown again', 'shown-twice', 'shown', (event) => [event, { ...event }]),
  ofEvent('a message is shown under another id', 'seq-reused', 'shown', (event) => [
    { ...event, messageId: 'another' },
  ]),
  ofEvent('a message is shown with another text', 'phantom', 'shown', (event) => [
    { ...event, text: 'another' },
  ]),
  ofEvent('something is shown that does not exist', 'phantom', 'shown', (event) => [
    event,
    { ...event, seq: event.seq + 10_000, messageId: 'another' },
  ]),
  ofEvent('an acknowledgement names another number', 'two-orders', 'acknowledged', (event) => [
    event,
    { ...event, seq: event.seq + 1, duplicate: true },
  ]),
  {
    name: 'a send is never answered',
    rule: 'unanswered',
    apply(run, pick) {
      const send = pick(eventsOf(run, 'acknowledged'));
      const history = run.history.filter(
        (event) => event.kind !== 'acknowledged' || event.clientMessageId !== send?.clientMessageId,
      );
      return send && { ...run, history };
    },
  },
  ofRow('an acknowledged message is missing in the log', 'lost', (row, { final }) =>
    final.log.filter((other) => other !== row),
  ),
  ofRow('an acknowledged message is sealed away', 'lost', (row, { final }) =>
    final.log.with(final.log.indexOf(row), { kind: 'void', roomId: ROOM, seq: row.seq }),
  ),
  ofRow('an acknowledged message is stored with another text', 'accepted-not-stored', (row, run) =>
    run.final.log.with(run.final.log.indexOf(row), { ...row, text: 'another' }),
  ),
  ofRow('an acknowledged message is stored twice', 'stored-twice', (row, run) => [
    ...run.final.log,
    { ...row, seq: lastSeq(run) + 1, messageId: 'copy' },
  ]),
  ofRow('an acknowledged message moves to another number', 'two-orders', (row, run) =>
    run.final.log.with(run.final.log.indexOf(row), { ...row, seq: lastSeq(run) + 1 }),
  ),
  ofRow('a number is skipped', 'hole-never-settled', (row, run) => [
    ...run.final.log,
    { ...row, seq: lastSeq(run) + 2, messageId: 'late', clientMessageId: 'late' },
  ]),
  {
    name: 'a membership of a living connection is missing',
    rule: 'live-member-removed',
    apply: (run) => ({ ...run, final: { ...run.final, members: run.final.members.slice(1) } }),
  },
  {
    name: 'a connection ends and stays a member',
    rule: 'dead-member-kept',
    apply(run, pick) {
      const gone = pick(run.final.connections);
      if (gone === undefined) return undefined;
      const connections = run.final.connections.map((each) =>
        each === gone ? { ...each, alive: false } : each,
      );
      return { ...run, final: { ...run.final, connections } };
    },
  },
];
