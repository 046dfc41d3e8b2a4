import { expect, it } from '@jest/globals';
import type { ChatFunctionProps } from '../../infra/constructs/chat-function.ts';

type Environment<F extends 'disconnect' | 'send'> = ChatFunctionProps<F>['environment'];

it('does not compile where a function lacks a variable that it needs', () => {
  const complete: Environment<'disconnect'> = {
    CONNECTIONS_TABLE: 'Connections',
    MEMBERSHIPS_TABLE: 'Memberships',
  };
  // @ts-expect-error MEMBERSHIPS_TABLE is forgotten: services/env.ts asks for it.
  const forgotten: Environment<'disconnect'> = { CONNECTIONS_TABLE: 'Connections' };

  expect(Object.keys(complete)).toEqual(expect.arrayContaining(Object.keys(forgotten)));
});

it('does not compile where a function other than drain is allowed to scan', () => {
  type Grant = NonNullable<ChatFunctionProps<'send'>['tables']>[number];
  // @ts-expect-error No request reads a whole table.
  const action: Grant[1] = 'Scan';

  expect(action).toBe('Scan');
});
