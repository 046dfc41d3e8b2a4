/**
 * What handlers need of a logger: structured fields, one line per batch rather than per recipient.
 * Powertools' `Logger` is one.
 */
export interface Log {
  info(message: string, fields: Fields): void;
  warn(message: string, fields: Fields): void;
  error(message: string, fields: Fields): void;
}

type Fields = Record<string, unknown>;
