import * as z from 'zod';
import type { MembershipChange } from '../domain/ports.ts';

const text = z.object({ S: z.string() }).transform(({ S }) => S);

/** The room's side of a membership, as attribute values. The connection's side is filtered out. */
const rowSchema = z.object({
  partition: text.pipe(z.string().regex(/^room#[^#]+#\d+$/)),
  member: text,
  userId: text,
});

const recordSchema = z.discriminatedUnion('eventName', [
  z.object({ eventName: z.literal('INSERT'), dynamodb: z.object({ NewImage: rowSchema }) }),
  z.object({ eventName: z.literal('REMOVE'), dynamodb: z.object({ OldImage: rowSchema }) }),
]);

/**
 * Reads a record of the Memberships table's stream, as Lambda hands it over.
 *
 * @throws ZodError for a record that tells of no coming or going.
 */
export function readMembershipChange(record: unknown): MembershipChange {
  const change = recordSchema.parse(record);
  return change.eventName === 'INSERT'
    ? { kind: 'joined', ...fromRow(change.dynamodb.NewImage) }
    : { kind: 'left', ...fromRow(change.dynamodb.OldImage) };
}

function fromRow({ partition, member, userId }: z.infer<typeof rowSchema>) {
  return { roomId: partition.split('#')[1] ?? '', connectionId: member, userId };
}
