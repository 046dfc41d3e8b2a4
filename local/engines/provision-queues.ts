import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueModel } from '../template/model.ts';

/** The attributes that change how a queue behaves here. Policies and encryption do not. */
const SETTABLE_ATTRIBUTES = [
  'VisibilityTimeout',
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'ContentBasedDeduplication',
];
const FIXED_ATTRIBUTES = ['FifoQueue', 'DeduplicationScope', 'FifoThroughputLimit'];

interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number | string;
}

/**
 * Creates the queues that are missing, dead-letter queues first, and brings the attributes of the
 * others in line with the template, as a deployment does.
 */
export async function provisionQueues(client: SQSClient, queues: QueueModel[]): Promise<void> {
  const arns = new Map<string, string>();
  for (const queue of deadLetterQueuesFirst(queues)) {
    arns.set(queue.queueName, await provisionQueue(client, queue, arns));
  }
}

function deadLetterQueuesFirst(queues: QueueModel[]): QueueModel[] {
  const ordered = new Set<QueueModel>();
  const visit = (queue: QueueModel, visiting: QueueModel[]) => {
    const target = redrivePolicyOf(queue)?.deadLetterTargetArn;
    const targetName = target === undefined ? undefined : queueNameOf(target);
    const dlq = queues.find(({ queueName }) => queueName === targetName);
    if (dlq !== undefined && !visiting.includes(dlq)) visit(dlq, [...visiting, queue]);
    ordered.add(queue);
  };
  for (const queue of queues) visit(queue, []);
  return [...ordered];
}

async function provisionQueue(
  client: SQSClient,
  queue: QueueModel,
  arns: Map<string, string>,
): Promise<string> {
  const settable = pick(queue.attributes, SETTABLE_ATTRIBUTES);
  const redrive = redrivePolicyOf(queue);
  if (redrive !== undefined) settable.RedrivePolicy = translate(queue, redrive, arns);

  const existing = await findQueue(client, queue.queueName);
  if (existing !== undefined) {
    const changed = await changedAttributes(client, existing, settable);
    if (Object.keys(changed).length > 0) {
      await client.send(new SetQueueAttributesCommand({ QueueUrl: existing, Attributes: changed }));
    }
    return arnOf(client, existing);
  }
  const created = await client.send(
    new CreateQueueCommand({
      QueueName: queue.queueName,
      Attributes: { ...settable, ...pick(queue.attributes, FIXED_ATTRIBUTES) },
    }),
  );
  return arnOf(client, String(created.QueueUrl));
}

/** The template's ARN names an account and a Region that the engine does not have. */
function translate(queue: QueueModel, redrive: RedrivePolicy, arns: Map<string, string>): string {
  const dlqName = queueNameOf(redrive.deadLetterTargetArn);
  const deadLetterTargetArn = arns.get(dlqName);
  if (deadLetterTargetArn === undefined) {
    throw new Error(`The queue ${queue.queueName} redrives to ${dlqName}, which no template has.`);
  }
  return JSON.stringify({ deadLetterTargetArn, maxReceiveCount: Number(redrive.maxReceiveCount) });
}

async function findQueue(client: SQSClient, queueName: string): Promise<string | undefined> {
  try {
    return (await client.send(new GetQueueUrlCommand({ QueueName: queueName }))).QueueUrl;
  } catch (error) {
    if (error instanceof QueueDoesNotExist) return undefined;
    throw error;
  }
}

async function changedAttributes(
  client: SQSClient,
  queueUrl: string,
  wanted: Record<string, string>,
): Promise<Record<string, string>> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  const current: Record<string, string | undefined> = Attributes ?? {};
  const changed = Object.entries(wanted).filter(([name, value]) => current[name] !== value);
  // An empty policy is how SQS is told to end a redrive.
  const ended = current.RedrivePolicy !== undefined && wanted.RedrivePolicy === undefined;
  return { ...Object.fromEntries(changed), ...(ended && { RedrivePolicy: '' }) };
}

async function arnOf(client: SQSClient, queueUrl: string): Promise<string> {
  const { Attributes } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return String(Attributes?.QueueArn);
}

function redrivePolicyOf(queue: QueueModel): RedrivePolicy | undefined {
  const text = queue.attributes.RedrivePolicy;
  return text === undefined ? undefined : JSON.parse(text);
}

function queueNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf(':') + 1);
}

function pick(attributes: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}
