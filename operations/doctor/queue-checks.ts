import { GetQueueAttributesCommand, type QueueAttributeName } from '@aws-sdk/client-sqs';
import type { StackAccess } from '../common/stack-access.ts';
import { counted } from '../common/table.ts';
import type { Check, Finding } from './finding.ts';

/** Whose letters redrive moves, and how. */
const REDRIVE_OF: [logicalId: RegExp, dlq: string][] = [
  [/FanOutDlq/, 'fan-out'],
  [/DeliveryDlq/, 'delivery'],
  [/FlushDlq/, 'flush'],
];

const isDlq = (logicalId: string) => /Dlq/.test(logicalId);

/** What waits in dead-letter queues, and queues that have none. */
export function queueChecks({ sqs, resources, option }: StackAccess): Check[] {
  const queues = resources.filter(({ type }) => type === 'AWS::SQS::Queue');

  const attributesOf = async (QueueUrl: string, ...AttributeNames: QueueAttributeName[]) => {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames }),
    );
    return Attributes ?? {};
  };

  async function lettersIn(logicalId: string, url: string): Promise<Finding[]> {
    const { ApproximateNumberOfMessages } = await attributesOf(url, 'ApproximateNumberOfMessages');
    const letters = Number(ApproximateNumberOfMessages ?? 0);
    if (letters === 0) return [];
    const dlq = REDRIVE_OF.find(([pattern]) => pattern.test(logicalId))?.[1] ?? 'delivery';
    return [
      {
        name: 'dead-letters',
        what: `${url.split('/').at(-1)} holds ${counted(letters, 'letter')}.`,
        why: 'Their pushes were not made, and they are forgotten after 14 days.',
        fix: `npm run redrive -- --dlq ${dlq}${option} --dry-run, and docs/operations.md#dead-letters`,
      },
    ];
  }

  async function redriveOf(url: string): Promise<Finding[]> {
    const { RedrivePolicy } = await attributesOf(url, 'RedrivePolicy');
    if (RedrivePolicy !== undefined && RedrivePolicy !== '') return [];
    return [
      {
        name: 'queue-without-dlq',
        what: `${url.split('/').at(-1)} has no dead-letter queue.`,
        why: 'A job that always fails goes round until it is four hours old, and is then lost.',
        fix: 'npm run deploy restores it; locally, npm start does',
      },
    ];
  }

  return [
    {
      name: 'dead-letter queues',
      async look() {
        const dlqs = queues.filter(({ logicalId }) => isDlq(logicalId));
        const found = dlqs.map(({ logicalId, physicalId }) => lettersIn(logicalId, physicalId));
        return (await Promise.all(found)).flat();
      },
    },
    {
      name: 'redrive policies',
      async look() {
        const others = queues.filter(({ logicalId }) => !isDlq(logicalId));
        return (await Promise.all(others.map(({ physicalId }) => redriveOf(physicalId)))).flat();
      },
    },
  ];
}
