/** One record of an SQS event, exactly as Lambda hands it to a handler. */
export interface QueueRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, QueueMessageAttribute>;
  md5OfBody: string;
  md5OfMessageAttributes?: string;
  eventSource: 'aws:sqs';
  eventSourceARN: string;
  awsRegion: string;
}

export interface QueueMessageAttribute {
  stringValue?: string;
  /** Base64. */
  binaryValue?: string;
  stringListValues: string[];
  binaryListValues: string[];
  dataType: string;
}

/** A queue, as an event source mapping reads it. */
export interface QueueSource {
  /** How long a received record stays hidden from others. */
  readonly visibilityTimeoutMs: number;
  /**
   * Up to `max` (at most ten) records; waits up to `waitMs` for the first.
   * Resolves to none as soon as `signal` aborts.
   */
  receive(max: number, waitMs: number, signal: AbortSignal): Promise<QueueRecord[]>;
  /** Deletes for good. Rejects when a record could not be deleted. */
  remove(receiptHandles: readonly string[]): Promise<void>;
}
