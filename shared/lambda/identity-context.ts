import * as z from 'zod';
import type { Identity } from '../domain/identity.ts';

/**
 * An identity on its way from the authorizer to the routes. API Gateway turns every value of an
 * authorizer's context into a string, so the rooms travel as JSON text.
 */
export interface IdentityContext {
  userId: string;
  rooms?: string;
  [key: string]: string | undefined;
}

export function toIdentityContext({ userId, rooms }: Identity): IdentityContext {
  return rooms === undefined ? { userId } : { userId, rooms: JSON.stringify(rooms) };
}

const roomsSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(z.string()));

export const identitySchema = z
  .object({ userId: z.string().min(1), rooms: roomsSchema.optional() })
  .transform(
    ({ userId, rooms }): Identity => (rooms === undefined ? { userId } : { userId, rooms }),
  );
