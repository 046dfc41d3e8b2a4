/** The product's limits. What the platform limits is cited where it is met. */

export const TEXT_MAX_CHARACTERS = 4_000;
export const DATA_MAX_BYTES = 8 * 1024;
export const CLIENT_MESSAGE_ID_MAX_CHARACTERS = 64;
export const USER_ID_MAX_CHARACTERS = 128;

export const PAGE_DEFAULT_MESSAGES = 50;
export const PAGE_MAX_MESSAGES = 100;
export const RESUME_MAX_ROOMS = 50;
export const PRESENCE_MAX_USERS = 200;

/** Above this many members nobody is told who is typing: it would cost more than it is worth. */
export const TYPING_MAX_MEMBERS = 100;

/** Above this many members nobody is told who comes and goes: clients ask with `presence`. */
export const PRESENCE_PUSH_MAX_MEMBERS = 100;

/** After this an ephemeral frame tells nobody anything any more: it is dropped, not delivered late. */
export const EPHEMERAL_MAX_AGE_MS = 2_000;

/** No answer exceeds this; it is cut at a message boundary and says `more`. */
export const ANSWER_MAX_BYTES = 100 * 1024;

/** What an answer may take beside its entries: most of it the 50 room ids of a resume. */
export const ANSWER_ENVELOPE_MAX_BYTES = 12 * 1024;

/** What is left of an answer for entries of the log. */
export const ANSWER_ENTRIES_MAX_BYTES = ANSWER_MAX_BYTES - ANSWER_ENVELOPE_MAX_BYTES;

/**
 * A push frame stays below API Gateway's metering unit and frame limit of 32 KB, with room for the
 * framing. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const FRAME_MAX_BYTES = 30 * 1024;

/** What the frame around one message may take: type, room id, head. */
export const FRAME_ENVELOPE_MAX_BYTES = 256;

/** A message whose wire form is larger than this would not fit a frame of its own. */
export const MESSAGE_MAX_BYTES = FRAME_MAX_BYTES - FRAME_ENVELOPE_MAX_BYTES;

/** The send functions time out after this (the deployed timeout is built from it). */
export const SEND_TIMEOUT_MS = 3_000;

/** After this a send begins no write any more: what is left of its time is for the answer. */
export const SEND_WRITE_WITHIN_MS = 2_000;

/** A send is answered by then, whatever it waits for: a timeout would tell the sender nothing. */
export const SEND_ANSWER_WITHIN_MS = 2_600;

/** What a request in flight at the timeout and the clocks of two machines may add. */
export const CLOCK_MARGIN_MS = 1_000;

/** A number that is still missing this long after it was given out belongs to nobody. */
export const SEAL_AFTER_MS = SEND_TIMEOUT_MS + CLOCK_MARGIN_MS;

/** A repeated send finds its receipt for at least this long. */
export const RECEIPT_LIFETIME_MS = 48 * 60 * 60 * 1000;

/** API Gateway closes a connection after two hours; its rows outlive it a little. */
export const CONNECTION_LIFETIME_MS = 2 * 60 * 60 * 1000 + 10 * 60 * 1000;
