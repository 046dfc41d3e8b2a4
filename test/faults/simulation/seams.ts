import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ChatClientOptions } from '../../../client/types.ts';
import type { Adapters } from './adapters.ts';

export type FunctionName =
  | 'connect'
  | 'disconnect'
  | 'ping'
  | 'join'
  | 'leave'
  | 'resume'
  | 'history'
  | 'send'
  | 'fanOut'
  | 'flush'
  | 'deliver';

/** Where a part can be replaced by a broken one, to see whether the checker notices. */
export interface Seams {
  dynamo?(client: DynamoDBDocumentClient, functionName: FunctionName): DynamoDBDocumentClient;
  adapters?(adapters: Adapters, functionName: FunctionName): Partial<Adapters>;
  /** What a function is given. */
  event?(event: unknown, functionName: FunctionName): unknown;
  /** What a function answers. */
  response?(response: unknown, functionName: FunctionName): unknown;
  /** What the library is told. */
  clientOptions?: Partial<ChatClientOptions>;
  /** What the library sends. */
  sentFrame?(frame: string): string;
}
