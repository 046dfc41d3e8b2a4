import type { Rule } from '../../../faults/checker/verdict.ts';
import {
  acknowledged,
  connection,
  entered,
  ROOM,
  type Run,
  refused,
  reset,
  row,
  rows,
  runOf,
  seen,
  sending,
  sent,
  shown,
  voidRow,
} from './run-of.ts';

const member = (connectionId: string) => ({ roomId: ROOM, connectionId });

/** A run that breaks the rule, and the nearest one that does not. */
export const CASES: { rule: Rule; what: string; breaks: Run; keeps: Run }[] = [
  {
    rule: 'lost',
    what: 'an acknowledged message that stands nowhere',
    breaks: runOf(sent(1)),
    keeps: runOf([sending(1), refused(1)]),
  },
  {
    rule: 'lost',
    what: 'an acknowledged message under whose number is a void',
    breaks: runOf(sent(1), { log: [voidRow(1)] }),
    keeps: runOf(sent(2), { log: [voidRow(1), row(2)] }),
  },
  {
    rule: 'lost',
    what: 'an acknowledged message that retention has not reached',
    breaks: runOf(sent(1, 2), { log: rows(3), kept: [{ roomId: ROOM, from: 2 }] }),
    keeps: runOf(sent(1, 2, 3), { log: rows(3), kept: [{ roomId: ROOM, from: 3 }] }),
  },
  {
    rule: 'accepted-not-stored',
    what: 'an acknowledgement with another number',
    breaks: runOf([sending(1), acknowledged(1, { seq: 2 })], { log: [row(1)] }),
    keeps: runOf(sent(1), { log: [row(1)] }),
  },
  {
    rule: 'accepted-not-stored',
    what: 'an acknowledged message with another text',
    breaks: runOf(sent(1), { log: [row(1, { text: 'changed' })] }),
    keeps: runOf([sending(1, { text: 'changed' }), acknowledged(1)], {
      log: [row(1, { text: 'changed' })],
    }),
  },
  {
    rule: 'stored-twice',
    what: 'a send that stands under two numbers',
    breaks: runOf(sent(1), { log: [row(1), row(2, { clientMessageId: 'send-1' })] }),
    keeps: runOf(sent(1, 2), { log: rows(1, 2) }),
  },
  {
    rule: 'stored-twice',
    what: 'a refused send that stands twice',
    breaks: runOf([sending(1), refused(1)], {
      log: [row(1), row(2, { clientMessageId: 'send-1' })],
    }),
    keeps: runOf([sending(1), refused(1)], { log: [row(1)] }),
  },
  {
    rule: 'seq-reused',
    what: 'two acknowledgements with one number',
    breaks: runOf([...sent(1), sending(2), acknowledged(2, { seq: 1 })], { log: rows(1, 2) }),
    keeps: runOf([...sent(1), acknowledged(1, { duplicate: true })], { log: [row(1)] }),
  },
  {
    rule: 'seq-reused',
    what: 'a number that was shown as another message than stands there',
    breaks: runOf(
      [sending(1), refused(1), ...seen('ben'), shown('ben', 1, { messageId: 'other' })],
      {
        log: [row(1)],
      },
    ),
    keeps: runOf([sending(1), refused(1), ...seen('ben', 1)], { log: [row(1)] }),
  },
  {
    rule: 'seq-reused',
    what: 'two rows under one number',
    breaks: runOf(sent(1), { log: [row(1), voidRow(1)] }),
    keeps: runOf(sent(1), { log: [row(1), voidRow(2)] }),
  },
  {
    rule: 'two-orders',
    what: 'two clients that saw two messages the other way round',
    breaks: runOf(
      [
        ...sent(1, 2),
        entered('ann'),
        shown('ann', 1, { messageId: 'id-2', text: 'text 2' }),
        shown('ann', 2, { messageId: 'id-1', text: 'text 1' }),
        ...seen('ben', 1, 2),
      ],
      { log: rows(1, 2) },
    ),
    keeps: runOf([...sent(1, 2), ...seen('ann', 1, 2), ...seen('ben', 1, 2)], { log: rows(1, 2) }),
  },
  {
    rule: 'hole-never-settled',
    what: 'a number without a row',
    breaks: runOf(sent(2), { log: [row(2)] }),
    keeps: runOf(sent(2), { log: [voidRow(1), row(2)] }),
  },
  {
    rule: 'hole-never-settled',
    what: 'a number without a row that retention has not reached',
    breaks: runOf(sent(3), { log: [row(3)], kept: [{ roomId: ROOM, from: 2 }] }),
    keeps: runOf(sent(3), { log: [row(3)], kept: [{ roomId: ROOM, from: 3 }] }),
  },
  {
    rule: 'phantom',
    what: 'a message shown under a number that is void',
    breaks: runOf(seen('ben', 1), { log: [voidRow(1)] }),
    keeps: runOf(seen('ben'), { log: [voidRow(1)] }),
  },
  {
    rule: 'phantom',
    what: 'a message shown under a number that nobody gave out',
    breaks: runOf(seen('ben', 1)),
    keeps: runOf(seen('ben')),
  },
  {
    rule: 'phantom',
    what: 'a message shown with another text',
    breaks: runOf([...sent(1), entered('ben'), shown('ben', 1, { text: 'changed' })], {
      log: [row(1)],
    }),
    keeps: runOf([...sent(1), ...seen('ben', 1)], { log: [row(1)] }),
  },
  {
    rule: 'phantom',
    what: 'a stored message that nobody sent',
    breaks: runOf([], { log: [row(1)] }),
    keeps: runOf([sending(1), refused(1)], { log: [row(1)] }),
  },
  {
    rule: 'gap-never-repaired',
    what: 'a message that was skipped',
    breaks: runOf([...sent(1, 2, 3), ...seen('ben', 1, 3)], { log: rows(1, 2, 3) }),
    keeps: runOf([...sent(1, 3), ...seen('ben', 1, 3)], { log: [row(1), voidRow(2), row(3)] }),
  },
  {
    rule: 'gap-never-repaired',
    what: 'a message skipped by a client that has gone since',
    breaks: runOf([...sent(1, 2), ...seen('eve', 2)], { log: rows(1, 2) }),
    keeps: runOf([...sent(1, 2), ...seen('eve', 1)], { log: rows(1, 2) }),
  },
  {
    rule: 'gap-never-repaired',
    what: 'a message between the position and a reset',
    breaks: runOf([...sent(1, 2), ...seen('ben', 1), reset('ben', 2, 2)], { log: rows(1, 2) }),
    keeps: runOf([...sent(1, 2), ...seen('ben', 1, 2), reset('ben', 2, 2)], { log: rows(1, 2) }),
  },
  {
    rule: 'never-shown',
    what: 'a client that is alive and stopped short',
    breaks: runOf([...sent(1, 2), ...seen('ben', 1)], { log: rows(1, 2) }),
    keeps: runOf([...sent(1, 2), ...seen('eve', 1)], { log: rows(1, 2) }),
  },
  {
    rule: 'never-shown',
    what: 'a client that is alive and has not left',
    breaks: runOf([...sent(1), ...seen('ben')], { log: rows(1) }),
    keeps: runOf(
      [...sent(1), ...seen('ben'), { kind: 'left', at: 0, client: 'ben', roomId: ROOM }],
      {
        log: rows(1),
      },
    ),
  },
  {
    rule: 'shown-twice',
    what: 'the same number again',
    breaks: runOf([...sent(1), ...seen('ben', 1, 1)], { log: rows(1) }),
    keeps: runOf([...sent(1), ...seen('ben', 1), ...seen('ben', 1)], { log: rows(1) }),
  },
  {
    rule: 'reordered',
    what: 'a message after a later one',
    breaks: runOf([...sent(1, 2), ...seen('ben', 2, 1)], { log: rows(1, 2) }),
    keeps: runOf([...sent(1, 2), ...seen('ben', 1, 2)], { log: rows(1, 2) }),
  },
  {
    rule: 'reordered',
    what: 'a message from before the view began',
    breaks: runOf([...sent(1), entered('ben', 1), shown('ben', 1)], { log: rows(1) }),
    keeps: runOf([...sent(1, 2), entered('ben', 1), shown('ben', 2)], { log: rows(1, 2) }),
  },
  {
    rule: 'false-reset',
    what: 'a reset over messages that are kept',
    breaks: runOf([...sent(1, 2), ...seen('ben'), reset('ben', 0, 1), shown('ben', 2)], {
      log: rows(1, 2),
    }),
    keeps: runOf([...sent(1, 2), ...seen('ben'), reset('ben', 0, 1), shown('ben', 2)], {
      log: rows(2),
      kept: [{ roomId: ROOM, from: 2 }],
    }),
  },
  {
    rule: 'unanswered',
    what: 'a send of a client that is alive',
    breaks: runOf([sending(1)]),
    keeps: runOf([sending(1)], { connections: [connection('ann', { alive: false })], members: [] }),
  },
  {
    rule: 'frame-too-large',
    what: 'a frame of more than 32 KB',
    breaks: runOf([{ kind: 'posted', at: 0, connectionId: 'a', bytes: 32_769, outcome: '413' }]),
    keeps: runOf([{ kind: 'posted', at: 0, connectionId: 'a', bytes: 32_768, outcome: '200' }]),
  },
  {
    rule: 'live-member-removed',
    what: 'a removal while the connection lives',
    breaks: runOf([
      { kind: 'member-removed', at: 0, connectionId: 'a', roomId: ROOM, alive: true },
    ]),
    keeps: runOf([
      { kind: 'member-removed', at: 0, connectionId: 'a', roomId: ROOM, alive: false },
    ]),
  },
  {
    rule: 'live-member-removed',
    what: 'a living connection without its membership at the end',
    breaks: runOf([], { connections: [connection('ann')], members: [] }),
    keeps: runOf([], { connections: [connection('ann', { rooms: [] })], members: [] }),
  },
  {
    rule: 'dead-member-kept',
    what: 'a membership of a connection that has gone',
    breaks: runOf([], {
      connections: [connection('ann', { alive: false })],
      members: [member('connection-of-ann')],
    }),
    keeps: runOf([], {
      connections: [connection('ann')],
      members: [member('connection-of-ann')],
    }),
  },
  {
    rule: 'dead-member-kept',
    what: 'a membership of a connection that nobody knows',
    breaks: runOf([], { connections: [], members: [member('stranger')] }),
    keeps: runOf([], { connections: [], members: [] }),
  },
];
