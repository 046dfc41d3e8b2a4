import type { QueueModel } from '../../../../local/template/model.ts';
import type { Clock } from '../../../../shared/domain/ports.ts';

/** A message in a queue. Times in milliseconds. */
export interface Letter {
  messageId: string;
  body: string;
  groupId: string | undefined;
  sentAt: number;
  visibleAt: number;
  receiveCount: number;
  firstReceivedAt: number;
  /** Of the latest receipt; earlier ones count no more. */
  receiptHandle: string;
}

interface MessagesOptions extends Pick<QueueModel, 'queueName' | 'attributes'> {
  clock: Clock;
  choose(count: number): number;
  /** Takes what has been received too often. */
  deadLetters(letter: Letter, target: string): void;
}

const DEFAULT_VISIBILITY_SECONDS = 30;
const DEFAULT_RETENTION_SECONDS = 4 * 24 * 60 * 60;

/** The messages of one standard queue. */
export function createMessages(options: MessagesOptions) {
  const { queueName, attributes, clock, choose, deadLetters } = options;
  const visibilitySeconds = Number(attributes.VisibilityTimeout ?? DEFAULT_VISIBILITY_SECONDS);
  const delaySeconds = Number(attributes.DelaySeconds ?? 0);
  const retentionMs =
    Number(attributes.MessageRetentionPeriod ?? DEFAULT_RETENTION_SECONDS) * 1_000;
  const redrive = readRedrivePolicy(attributes.RedrivePolicy);
  let letters: Letter[] = [];
  let count = 0;

  const isVisible = (letter: Letter) => letter.visibleAt <= clock.now();
  const forget = () => {
    letters = letters.filter(({ sentAt }) => sentAt + retentionMs > clock.now());
  };

  function remove(letter: Letter): void {
    letters.splice(letters.indexOf(letter), 1);
  }

  return {
    send(body: string, groupId: string | undefined, delay = delaySeconds): string {
      const now = clock.now();
      count += 1;
      const messageId = `${queueName}-${count}`;
      letters.push({
        messageId,
        body,
        groupId,
        sentAt: now,
        visibleAt: now + delay * 1_000,
        receiveCount: 0,
        firstReceivedAt: 0,
        receiptHandle: '',
      });
      return messageId;
    },

    /** As a queue takes a dead letter over: it keeps its id and its age. */
    add(letter: Letter): void {
      letters.push({ ...letter, visibleAt: clock.now(), receiveCount: 0, receiptHandle: '' });
    },

    receive(max: number, visibility = visibilitySeconds): Letter[] {
      forget();
      const candidates = letters.filter(isVisible);
      const received: Letter[] = [];
      while (received.length < max && candidates.length > 0) {
        const [letter] = candidates.splice(choose(candidates.length), 1);
        if (letter === undefined)
          throw new RangeError('choose() chose a message that is not there');
        if (redrive !== undefined && letter.receiveCount >= redrive.maxReceiveCount) {
          remove(letter);
          deadLetters(letter, redrive.target);
          continue;
        }
        letter.receiveCount += 1;
        letter.firstReceivedAt ||= clock.now();
        letter.visibleAt = clock.now() + visibility * 1_000;
        letter.receiptHandle = `${letter.messageId}#${letter.receiveCount}`;
        received.push({ ...letter });
      }
      return received;
    },

    /** An outdated receipt is accepted and deletes nothing, as may happen on SQS. */
    remove(receiptHandle: string): void {
      const letter = letters.find((other) => other.receiptHandle === receiptHandle);
      if (letter !== undefined) remove(letter);
    },

    hide(receiptHandle: string, seconds: number): void {
      const letter = letters.find((other) => other.receiptHandle === receiptHandle);
      if (letter !== undefined) letter.visibleAt = clock.now() + seconds * 1_000;
    },

    attributes(): Record<string, string> {
      forget();
      const visible = letters.filter(isVisible).length;
      const delayed = letters.filter(
        (letter) => letter.receiveCount === 0 && !isVisible(letter),
      ).length;
      return {
        ...attributes,
        ApproximateNumberOfMessages: String(visible),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        ApproximateNumberOfMessagesNotVisible: String(letters.length - visible - delayed),
      };
    },

    purge(): void {
      letters = [];
    },

    letters: (): readonly Letter[] => letters,
  };
}

function readRedrivePolicy(policy: string | undefined) {
  if (policy === undefined) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy);
  return { target: String(deadLetterTargetArn), maxReceiveCount: Number(maxReceiveCount) };
}
