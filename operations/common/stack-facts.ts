import * as z from 'zod';

/** What has to be known of a stack. Both kinds of stacks tell it by the same names. */
const outputsSchema = z.object({
  WebSocketUrl: z.url(),
  ConnectionsTableName: z.string().min(3),
  MembershipsTableName: z.string().min(3),
  DeliveryQueueUrl: z.url(),
  DeliveryDlqUrl: z.url(),
  FanOutDlqUrl: z.url(),
  FlushQueueUrl: z.url(),
  FlushDlqUrl: z.url(),
  FanOutFunctionName: z.string().min(1),
  GivenUpBucketName: z.string().min(3),
});

export type StackOutputs = z.output<typeof outputsSchema>;

/** The physical id of a queue is its URL, as CloudFormation has it. */
export interface StackResource {
  type: string;
  logicalId: string;
  physicalId: string;
}

/** The stack cannot be worked on; the message says what to do. */
export class StackError extends Error {}

/** @throws StackError that names what is missing. */
export function readOutputs(stack: string, outputs: unknown): StackOutputs {
  const parsed = outputsSchema.safeParse(outputs);
  if (parsed.success) return parsed.data;
  const missing = [...new Set(parsed.error.issues.map(({ path }) => path.join('.')))];
  throw new StackError(
    `${stack} does not say ${missing.join(', ')}: it is no chat stack, or one of an older version. Deploy this version first.`,
  );
}
