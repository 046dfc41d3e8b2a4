import type { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmDefinition, NONE, silenceIsGood } from './alarm-definition.ts';
import { ofFunction, ofMapping, ofQueue, own, total } from './metrics.ts';
import type { Watched } from './watched.ts';

/** What did not get to where it was due: a ticket for each. */
export function isLost(watched: Watched): AlarmDefinition[] {
  const { config, functions, deliveryDlq, fanOutDlq, flushDlq, messagesStream } = watched;
  const ticket = (
    name: string,
    means: string,
    metric: Metric | MathExpression,
  ): AlarmDefinition => ({
    name,
    means,
    metric,
    threshold: NONE,
    minutes: [1, 1],
    missing: silenceIsGood,
    pages: false,
  });
  const visible = 'ApproximateNumberOfMessagesVisible';
  return [
    ticket(
      'fan-out-dead-letters',
      'Stream records could not be read and were set aside.',
      ofQueue('fan-out DLQ', fanOutDlq, visible),
    ),
    ticket(
      'flush-dead-letters',
      'Flushes could not be read, or failed five times, and were set aside.',
      ofQueue('flush DLQ', flushDlq, visible),
    ),
    ticket(
      'delivery-dead-letters',
      'Delivery jobs could not be read, or failed five times, and were set aside.',
      ofQueue('delivery DLQ', deliveryDlq, visible),
    ),
    ticket(
      'batches-given-up',
      'Lambda gave a batch of the stream up; its records are kept in the bucket.',
      total('batches given up', [
        ofMapping('kept', messagesStream, 'OnFailureDestinationDeliveredEventCount'),
        ofMapping('dropped', messagesStream, 'DroppedEventCount'),
      ]),
    ),
    ticket(
      'recipients-given-up',
      'Members were not reached in half a minute of tries.',
      own(config, 'deliver', 'givenUp'),
    ),
    ticket(
      'recipients-lost',
      'API Gateway refused frames for good: a bug of ours.',
      total('recipients lost', [
        own(config, 'deliver', 'tooLarge'),
        own(config, 'deliver', 'rejected'),
      ]),
    ),
    ticket(
      'recursion-stopped',
      'Lambda took deliver for an endless loop and stopped it.',
      ofFunction('deliver', functions.deliver, 'RecursiveInvocationsDropped'),
    ),
  ];
}
