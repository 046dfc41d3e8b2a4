/** What a client may send, as schemas. Unknown fields are ignored. */
import * as z from 'zod';
import { jsonSize } from '../domain/bytes.ts';
import {
  CLIENT_MESSAGE_ID_MAX_CHARACTERS,
  DATA_MAX_BYTES,
  PAGE_DEFAULT_MESSAGES,
  PAGE_MAX_MESSAGES,
  RESUME_MAX_ROOMS,
  TEXT_MAX_CHARACTERS,
} from '../domain/limits.ts';
import { ROOM_ID_PATTERN } from '../domain/room.ts';

const id = z.string().max(128).optional();

/** Half of a surrogate pair is no character: no store and no key can hold it. */
const wellFormed = z.string().refine((value) => value.isWellFormed(), {
  message: 'must be well-formed Unicode',
});
const position = z.int().min(0);

export const roomIdSchema = z
  .string()
  .regex(ROOM_ID_PATTERN, 'must be 1 to 128 of A-Z a-z 0-9 _ . : -');

/** Counted in Unicode characters, as people count, not in UTF-16 units. */
const text = wellFormed
  .min(1)
  .refine(
    (value) => value.length <= TEXT_MAX_CHARACTERS || [...value].length <= TEXT_MAX_CHARACTERS,
    {
      message: `must be at most ${TEXT_MAX_CHARACTERS} characters`,
    },
  );

/** The frame has been parsed as JSON already; nesting too deep to write back is refused as well. */
const data = z.unknown().refine((value) => jsonSize(value) <= DATA_MAX_BYTES, {
  message: `must be at most ${DATA_MAX_BYTES} bytes of JSON`,
});

export const clientMessageIdSchema = wellFormed.min(1).max(CLIENT_MESSAGE_ID_MAX_CHARACTERS);

const positions = z
  .record(roomIdSchema, position)
  .refine((rooms) => Object.keys(rooms).length <= RESUME_MAX_ROOMS, {
    message: `must name at most ${RESUME_MAX_ROOMS} rooms`,
  });

const page = {
  before: z.int().min(1).optional(),
  after: position.optional(),
  limit: z.int().min(1).max(PAGE_MAX_MESSAGES).default(PAGE_DEFAULT_MESSAGES),
};

const oneDirection = {
  check: (query: { before?: number | undefined; after?: number | undefined }) =>
    query.before === undefined || query.after === undefined,
  problem: { message: 'cannot be combined with before', path: ['after'] },
};

export const joinSchema = z.object({ id, roomId: roomIdSchema, since: position.optional() });
export const leaveSchema = z.object({ id, roomId: roomIdSchema });
export const sendSchema = z.object({
  id,
  roomId: roomIdSchema,
  text,
  data: data.optional(),
  clientMessageId: clientMessageIdSchema.optional(),
});
export const historySchema = z
  .object({ id, roomId: roomIdSchema, ...page })
  .refine(oneDirection.check, oneDirection.problem);
export const resumeSchema = z.object({ id, rooms: positions });
export const presenceSchema = z.object({ id, roomId: roomIdSchema });
export const typingSchema = z.object({ id, roomId: roomIdSchema });
export const pingSchema = z.object({ id, rooms: positions.optional() });

/** The body of `PUT /api/rooms/{roomId}/messages/{clientMessageId}`. */
export const putMessageSchema = z.object({ text, data: data.optional() });

const queryNumber = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a whole number')
  .transform(Number);

/** The query of `GET /api/rooms/{roomId}/messages`. */
export const historyQuerySchema = z
  .object({
    before: queryNumber.pipe(z.int().min(1)).optional(),
    after: queryNumber.optional(),
    limit: queryNumber.pipe(z.int().min(1).max(PAGE_MAX_MESSAGES)).default(PAGE_DEFAULT_MESSAGES),
  })
  .refine(oneDirection.check, oneDirection.problem);
