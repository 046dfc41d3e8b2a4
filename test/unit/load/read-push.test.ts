import { expect, it } from '@jest/globals';
import { readPush } from '../../load/measure/read-push.ts';

const messages = (...given: number[]) =>
  given.map((givenAt, index) => ({ seq: index + 1, text: 'x', data: { run: 'r', givenAt } }));

it.each([
  {
    description: 'messages, as old as the oldest of them',
    frame: { type: 'messages', roomId: 'r', messages: messages(5, 7), head: 2 },
    push: { hasMessages: true, givenAt: 5 },
  },
  {
    description: 'a hole that was sealed, which nobody gave',
    frame: { type: 'messages', roomId: 'r', messages: [{ seq: 1 }], head: 1 },
    push: { hasMessages: true },
  },
  {
    description: 'presence that changed',
    frame: { type: 'presence', roomId: 'r', joined: ['ann'], left: [] },
    push: { hasMessages: false },
  },
  {
    description: 'somebody who is writing',
    frame: { type: 'typing', roomId: 'r', userId: 'ann' },
    push: { hasMessages: false },
  },
  { description: 'a question about presence', frame: { type: 'presence', id: '1' } },
  { description: 'a question about history', frame: { type: 'history', messages: messages(5) } },
])('tells pushes from answers: $description', ({ frame, push }) => {
  expect(readPush(JSON.stringify(frame))).toEqual(push);
});
