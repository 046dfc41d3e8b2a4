import { isDeepStrictEqual } from 'node:util';
import type { CancellationReason } from '@aws-sdk/client-dynamodb';
import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { anSdkError } from '../../../support/fake-sdk-client.ts';
import { cancelled, invalid, reasonOf } from './errors.ts';
import { type createWrites, type PlannedWrite, requireDistinct } from './writes.ts';

const TRANSACTION_MAX_ITEMS = 100;
const TOKEN_MAX_CHARACTERS = 36;

/** For so long a token stands for the transaction that succeeded with it. */
const TOKEN_LIFETIME_MS = 10 * 60 * 1000;

interface TransactionContext {
  writes: ReturnType<typeof createWrites>;
  now(): number;
}

/**
 * TransactWriteItems: everything or nothing, at one moment. Single reads and writes are serialised
 * with a transaction on AWS too, and nothing here reads several of its rows in one request; that one
 * may meet another is for the simulation's scheduler to say (`conflict`).
 */
export function createTransactWrite({ writes, now }: TransactionContext) {
  const succeeded = new Map<string, { at: number; items: unknown }>();

  return (input: TransactWriteCommandInput) => {
    const { ClientRequestToken: token, TransactItems: items = [] } = input;
    if (items.length === 0 || items.length > TRANSACTION_MAX_ITEMS) {
      throw invalid('Member must have length between 1 and 100: transactItems');
    }
    if (token !== undefined && (token.length === 0 || token.length > TOKEN_MAX_CHARACTERS)) {
      throw invalid('Member must have length between 1 and 36: clientRequestToken');
    }
    const earlier = token === undefined ? undefined : succeeded.get(token);
    if (earlier !== undefined && now() - earlier.at < TOKEN_LIFETIME_MS) {
      if (isDeepStrictEqual(earlier.items, items)) return {};
      throw anSdkError('IdempotentParameterMismatchException', 400);
    }

    requireDistinct(
      items.map(writes.target),
      'Transaction request cannot include multiple operations on one item',
    );
    const reasons: CancellationReason[] = [];
    const planned: PlannedWrite[] = [];
    for (const item of items) {
      try {
        planned.push(writes.plan(item));
        reasons.push({ Code: 'None' });
      } catch (error) {
        const reason = reasonOf(error);
        if (reason === undefined) throw error;
        reasons.push(reason);
      }
    }
    if (planned.length < items.length) throw cancelled(reasons);
    for (const { make } of planned) make();
    if (token !== undefined) succeeded.set(token, { at: now(), items });
    return {};
  };
}
