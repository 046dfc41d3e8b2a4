import { describe, expect, it } from '@jest/globals';
import type * as z from 'zod';
import { ChatError } from '../../../../shared/domain/errors.ts';
import { DATA_MAX_BYTES, TEXT_MAX_CHARACTERS } from '../../../../shared/domain/limits.ts';
import { parseWith } from '../../../../shared/lambda/http-route.ts';
import * as schemas from '../../../../shared/protocol/schemas.ts';

/** The complaint of a schema, in the words that the client gets. */
function complaintOf(schema: z.ZodType, input: unknown): string {
  try {
    parseWith(schema, input);
  } catch (error) {
    if (error instanceof ChatError && error.code === 'INVALID_FRAME') return error.message;
    throw error;
  }
  return 'accepted';
}

const accepted = (schema: z.ZodType, input: unknown) => complaintOf(schema, input) === 'accepted';
const send = { roomId: 'lobby', text: 'hello' };
const rooms = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`room-${index}`, 0]));
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('what a client may send', () => {
  it.each<[string, z.ZodType, unknown]>([
    ['the longest text, in emoji', schemas.sendSchema, { ...send, text: '😀'.repeat(4_000) }],
    ['data that is null', schemas.sendSchema, { ...send, data: null }],
    ['data at its limit', schemas.sendSchema, { ...send, data: 'x'.repeat(DATA_MAX_BYTES - 2) }],
    [
      'data nested as deep as its size allows',
      schemas.sendSchema,
      { ...send, data: nested(4_000) },
    ],
    [
      'a client message id at its limit',
      schemas.sendSchema,
      { ...send, clientMessageId: 'c'.repeat(64) },
    ],
    ['an id at its limit', schemas.leaveSchema, { roomId: 'lobby', id: 'i'.repeat(128) }],
    ['a join from the beginning', schemas.joinSchema, { roomId: 'lobby', since: 0 }],
    [
      'history with a position and a limit',
      schemas.historySchema,
      { roomId: 'lobby', before: 1, limit: 100 },
    ],
    ['a resume of 50 rooms', schemas.resumeSchema, { rooms: rooms(50) }],
    ['a typing notice', schemas.typingSchema, { roomId: 'lobby' }],
    ['a bare ping', schemas.pingSchema, {}],
    ['a query', schemas.historyQuerySchema, { after: '0', limit: '100' }],
  ])('accepts %s', (_title, schema, input) => {
    expect(complaintOf(schema, input)).toBe('accepted');
  });

  it.each<[string, z.ZodType, unknown, RegExp]>([
    ['no object', schemas.sendSchema, 7, /^frame/],
    ['no room', schemas.sendSchema, { text: 'x' }, /^roomId is missing/],
    ['a room id of the wrong type', schemas.sendSchema, { ...send, roomId: 7 }, /^roomId/],
    ['a room id that would break a key', schemas.sendSchema, { ...send, roomId: 'a#b' }, /^roomId/],
    ['a room id that is too long', schemas.joinSchema, { roomId: 'r'.repeat(129) }, /^roomId/],
    ['an empty text', schemas.sendSchema, { ...send, text: '' }, /^text/],
    ['no text', schemas.sendSchema, { roomId: 'lobby' }, /^text is missing/],
    [
      'a text that is too long',
      schemas.sendSchema,
      { ...send, text: 'x'.repeat(TEXT_MAX_CHARACTERS + 1) },
      /^text/,
    ],
    ['too many emoji', schemas.sendSchema, { ...send, text: '😀'.repeat(4_001) }, /^text/],
    [
      'half a surrogate pair in the text',
      schemas.sendSchema,
      { ...send, text: 'a\uD83D' },
      /^text/,
    ],
    [
      'half a surrogate pair in a key',
      schemas.sendSchema,
      { ...send, clientMessageId: '\uDE00' },
      /^clientMessageId/,
    ],
    [
      'an empty client message id',
      schemas.sendSchema,
      { ...send, clientMessageId: '' },
      /^clientMessageId/,
    ],
    [
      'a client message id that is too long',
      schemas.sendSchema,
      { ...send, clientMessageId: 'c'.repeat(65) },
      /^clientMessageId/,
    ],
    [
      'data above its limit',
      schemas.sendSchema,
      { ...send, data: 'x'.repeat(DATA_MAX_BYTES - 1) },
      /^data/,
    ],
    [
      'data above its limit in bytes, not characters',
      schemas.sendSchema,
      { ...send, data: 'é'.repeat(5_000) },
      /^data/,
    ],
    [
      'data nested too deep to write back',
      schemas.sendSchema,
      { ...send, data: nested(60_000) },
      /^data/,
    ],
    ['an id that is no string', schemas.leaveSchema, { roomId: 'lobby', id: 7 }, /^id/],
    [
      'an id that is too long',
      schemas.leaveSchema,
      { roomId: 'lobby', id: 'i'.repeat(129) },
      /^id/,
    ],
    ['a negative position', schemas.joinSchema, { roomId: 'lobby', since: -1 }, /^since/],
    [
      'a position that is no whole number',
      schemas.joinSchema,
      { roomId: 'lobby', since: 1.5 },
      /^since/,
    ],
    ['a position as text', schemas.joinSchema, { roomId: 'lobby', since: '1' }, /^since/],
    [
      'a page before the first number',
      schemas.historySchema,
      { roomId: 'lobby', before: 0 },
      /^before/,
    ],
    ['a page of nothing', schemas.historySchema, { roomId: 'lobby', limit: 0 }, /^limit/],
    ['a page that is too long', schemas.historySchema, { roomId: 'lobby', limit: 101 }, /^limit/],
    ['both directions', schemas.historySchema, { roomId: 'lobby', before: 9, after: 1 }, /^after/],
    ['a resume of nothing', schemas.resumeSchema, {}, /^rooms is missing/],
    ['a resume of 51 rooms', schemas.resumeSchema, { rooms: rooms(51) }, /^rooms/],
    [
      'a resume with a bad position',
      schemas.resumeSchema,
      { rooms: { lobby: null } },
      /^rooms\.lobby/,
    ],
    ['a resume with a bad room id', schemas.resumeSchema, { rooms: { 'a b': 1 } }, /^rooms\.a b/],
    ['a ping with a bad position', schemas.pingSchema, { rooms: { lobby: -1 } }, /^rooms\.lobby/],
    ['a query with text for a number', schemas.historyQuerySchema, { limit: 'ten' }, /^limit/],
    ['a query with an empty number', schemas.historyQuerySchema, { after: '' }, /^after/],
    [
      'a query in both directions',
      schemas.historyQuerySchema,
      { before: '9', after: '1' },
      /^after/,
    ],
    ['a PUT without a text', schemas.putMessageSchema, {}, /^text is missing/],
  ])('refuses %s and names the field', (_title, schema, input, complaint) => {
    expect(complaintOf(schema, input)).toMatch(complaint);
  });

  it('names every field that is wrong at once', () => {
    expect(complaintOf(schemas.sendSchema, { roomId: '', text: '' })).toMatch(/roomId.*; text/);
  });

  it('ignores fields that it does not know', () => {
    expect(schemas.sendSchema.parse({ ...send, userId: 'mallory', later: 1 })).toEqual(send);
  });

  it('gives a page fifty messages when nothing is said', () => {
    expect(schemas.historySchema.parse({ roomId: 'lobby' })).toEqual({
      roomId: 'lobby',
      limit: 50,
    });
    expect(schemas.historyQuerySchema.parse({})).toEqual({ limit: 50 });
  });

  it('turns the numbers of a query into numbers', () => {
    expect(schemas.historyQuerySchema.parse({ before: '17', limit: '5' })).toEqual({
      before: 17,
      limit: 5,
    });
  });

  it('does not take a position named __proto__ for a prototype', () => {
    const input = JSON.parse('{"rooms": {"__proto__": 5, "lobby": 1}}');

    expect(accepted(schemas.resumeSchema, input)).toBe(true);
    expect(({} as Record<string, unknown>).lobby).toBeUndefined();
  });
});
