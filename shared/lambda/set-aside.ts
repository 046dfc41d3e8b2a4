import type { SQSRecord } from 'aws-lambda';
import type { DeadLetters } from '../domain/ports.ts';
import type { Log } from './log.ts';

export interface SetAsideDependencies {
  deadLetters: DeadLetters;
  log: Log;
}

/**
 * Puts a record that cannot be read with the dead letters, with the reason.
 *
 * @param message of the log line, in full, so that it is found by it
 * @throws when the dead letters are out of reach: whoever handed it over has to keep it
 */
export function createSetAside(message: string, { deadLetters, log }: SetAsideDependencies) {
  return async (record: unknown, cause: unknown, about: Record<string, unknown>): Promise<void> => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    log.error(message, { ...about, reason });
    try {
      await deadLetters.add({ reason, record });
    } catch (error) {
      log.error('dead-letter queue out of reach', { error });
      throw error;
    }
  };
}

/** Reads the job that a record of a queue holds; it is undefined where that had to be set aside. */
export function createReadOrSetAside<Job>(
  message: string,
  readJob: (body: string) => Job,
  dependencies: SetAsideDependencies,
) {
  const setAside = createSetAside(message, dependencies);
  return async ({ messageId, body }: SQSRecord): Promise<Job | undefined> => {
    try {
      return readJob(body);
    } catch (error) {
      await setAside(body, error, { messageId });
      return undefined;
    }
  };
}
