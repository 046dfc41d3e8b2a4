import type {
  ChangeMessageVisibilityCommandInput,
  DeleteMessageBatchCommandInput,
  DeleteMessageCommandInput,
  GetQueueAttributesCommandInput,
  Message,
  PurgeQueueCommandInput,
  ReceiveMessageCommandInput,
  SendMessageBatchCommandInput,
  SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueModel } from '../../../local/template/model.ts';
import { byteLength } from '../../../shared/domain/bytes.ts';
import type { Clock } from '../../../shared/domain/ports.ts';
import { anSdkError } from '../../support/fake-sdk-client.ts';
import { createMessages, type Letter } from './queue/messages.ts';
import {
  createSimulatedClient,
  type SimulatedService,
  type Thoroughness,
  type Turn,
} from './simulated-client.ts';

const BATCH_MAX_ENTRIES = 10;
const MAX_BYTES = 1_048_576;

/** As the functions configure their clients. */
const SDK_ATTEMPTS = 3;

export interface SimulatedQueuesOptions {
  queues: readonly Pick<QueueModel, 'queueName' | 'attributes'>[];
  clock: Clock;
  /** Which of `count` visible messages is received next: SQS keeps no order. By default the oldest. */
  choose?: (count: number) => number;
}

/**
 * SQS in memory: standard queues, at least once, with delay, visibility, receive counts and redrive.
 * Without timers, clock or randomness of its own; `test/contract/aws` runs against it and against
 * the engine.
 */
export interface SimulatedQueues extends SimulatedService {
  /** A client whose every request waits for its turn. */
  client(turn: Turn, attempts?: number): SQSClient;
  /** What is in a queue, in flight and delayed included, oldest first. */
  lettersIn(queueUrl: string): readonly Letter[];
}

export function createSimulatedQueues(options: SimulatedQueuesOptions): SimulatedQueues {
  const { clock, choose = () => 0 } = options;
  const queues = new Map<string, ReturnType<typeof createMessages>>();
  for (const { queueName, attributes } of options.queues) {
    const deadLetters = (letter: Letter, target: string) => queueOf(target).add(letter);
    queues.set(queueName, createMessages({ queueName, attributes, clock, choose, deadLetters }));
  }

  /** By URL, ARN or name, which all end in the name. */
  function queueOf(address = '') {
    const queue = queues.get(address.split(/[/:]/).at(-1) ?? '');
    if (queue === undefined) throw anSdkError('QueueDoesNotExist', 400, `No queue ${address}`);
    return queue;
  }

  function send(input: SendMessageCommandInput) {
    const { MessageBody = '', MessageGroupId, DelaySeconds } = input;
    const queue = queueOf(input.QueueUrl);
    requireBytes(byteLength(MessageBody), 'InvalidParameterValue');
    requireXmlCharacters(MessageBody);
    return { MessageId: queue.send(MessageBody, MessageGroupId, DelaySeconds) };
  }

  function sendBatch(input: SendMessageBatchCommandInput, how: Thoroughness) {
    const { QueueUrl, Entries = [] } = input;
    const queue = queueOf(QueueUrl);
    requireBatch(Entries);
    const bytes = Entries.map(({ MessageBody = '' }) => byteLength(MessageBody));
    requireBytes(
      bytes.reduce((sum, size) => sum + size, 0),
      'BatchRequestTooLong',
    );
    for (const { MessageBody = '' } of Entries) requireXmlCharacters(MessageBody);

    const taken = how === 'partial' ? Math.ceil(Entries.length / 2) : Entries.length;
    const Successful = Entries.slice(0, taken).map((entry) => ({
      Id: entry.Id,
      MessageId: queue.send(entry.MessageBody ?? '', entry.MessageGroupId, entry.DelaySeconds),
    }));
    const Failed = Entries.slice(taken).map(({ Id }) => ({
      Id,
      Code: 'InternalError',
      SenderFault: false,
    }));
    return { Successful, ...(Failed.length > 0 && { Failed }) };
  }

  function receive(input: ReceiveMessageCommandInput) {
    const { QueueUrl, MaxNumberOfMessages = 1, VisibilityTimeout } = input;
    const letters = queueOf(QueueUrl).receive(MaxNumberOfMessages, VisibilityTimeout);
    const asked = input.MessageSystemAttributeNames ?? [];
    return letters.length === 0
      ? {}
      : { Messages: letters.map((letter) => toMessage(letter, asked)) };
  }

  function removeBatch({ QueueUrl, Entries = [] }: DeleteMessageBatchCommandInput) {
    requireBatch(Entries);
    for (const { ReceiptHandle = '' } of Entries) queueOf(QueueUrl).remove(ReceiptHandle);
    return { Successful: Entries.map(({ Id }) => ({ Id })) };
  }

  type Operation = (input: never, how: Thoroughness) => object;
  const operations: Record<string, Operation | undefined> = {
    SendMessage: send,
    SendMessageBatch: sendBatch,
    ReceiveMessage: receive,
    DeleteMessage({ QueueUrl, ReceiptHandle = '' }: DeleteMessageCommandInput) {
      queueOf(QueueUrl).remove(ReceiptHandle);
      return {};
    },
    DeleteMessageBatch: removeBatch,
    ChangeMessageVisibility(input: ChangeMessageVisibilityCommandInput) {
      const { QueueUrl, ReceiptHandle = '', VisibilityTimeout = 0 } = input;
      queueOf(QueueUrl).hide(ReceiptHandle, VisibilityTimeout);
      return {};
    },
    GetQueueAttributes({ QueueUrl }: GetQueueAttributesCommandInput) {
      return { Attributes: queueOf(QueueUrl).attributes() };
    },
    PurgeQueue({ QueueUrl }: PurgeQueueCommandInput) {
      queueOf(QueueUrl).purge();
      return {};
    },
  };

  const service: SimulatedService = {
    throttlingError: 'RequestThrottled',
    prepare: (_operation, input) => input,
    perform(operation, input, how) {
      const carryOut = operations[operation];
      if (carryOut === undefined) throw new Error(`The simulated queues do not know ${operation}`);
      return carryOut(input as never, how);
    },
    conflict(operation) {
      throw new Error(`${operation} does not meet transactions`);
    },
  };
  return {
    ...service,
    client: (turn, attempts = SDK_ATTEMPTS) =>
      createSimulatedClient(service, turn, (command) => command, attempts),
    lettersIn: (queueUrl) => queueOf(queueUrl).letters(),
  };
}

function requireBatch(entries: readonly { Id: string | undefined }[]): void {
  if (entries.length === 0) throw anSdkError('EmptyBatchRequest', 400);
  if (entries.length > BATCH_MAX_ENTRIES) throw anSdkError('TooManyEntriesInBatchRequest', 400);
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw anSdkError('BatchEntryIdsNotDistinct', 400);
  }
}

function requireBytes(bytes: number, error: string): void {
  if (bytes > MAX_BYTES) throw anSdkError(error, 400, `${bytes} bytes are more than ${MAX_BYTES}`);
}

/** #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

function requireXmlCharacters(body: string): void {
  if (body === '') throw anSdkError('MissingParameter', 400, 'The message body is missing');
  if (NOT_XML.test(body)) throw anSdkError('InvalidMessageContents', 400);
}

function toMessage(letter: Letter, asked: readonly string[]): Message {
  const attributes = {
    ApproximateReceiveCount: String(letter.receiveCount),
    ApproximateFirstReceiveTimestamp: String(letter.firstReceivedAt),
    SentTimestamp: String(letter.sentAt),
    SenderId: 'simulated',
    ...(letter.groupId !== undefined && { MessageGroupId: letter.groupId }),
  };
  const isAsked = (name: string) => asked.includes('All') || asked.includes(name);
  return {
    MessageId: letter.messageId,
    ReceiptHandle: letter.receiptHandle,
    Body: letter.body,
    ...(asked.length > 0 && {
      Attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => isAsked(name))),
    }),
  };
}
