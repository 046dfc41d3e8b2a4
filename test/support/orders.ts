/** What somebody elsewhere, in a thread or a process, can be told, and what it answers. */
export type OrdersOf<Orders> = { [Name in keyof Orders]: { order: unknown; answer: unknown } };

type Request = { id: number; name: PropertyKey; order: unknown };
type Reply = { id: number } & ({ answer: unknown } | { problem: string });

export type Tell<Orders extends OrdersOf<Orders>> = <Name extends keyof Orders>(
  name: Name,
  order: Orders[Name]['order'],
) => Promise<Orders[Name]['answer']>;

export interface Commander<Orders extends OrdersOf<Orders>> {
  tell: Tell<Orders>;
  /** To be called with every message that comes back. */
  receive(message: unknown): void;
  /** Nobody answers any more: what waits and what is told later fails with this. */
  fail(problem: Error): void;
}

export function createCommander<Orders extends OrdersOf<Orders>>(
  post: (message: Request) => void,
): Commander<Orders> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  let count = 0;
  let end: Error | undefined;

  return {
    tell(name, order) {
      if (end !== undefined) return Promise.reject(end);
      count += 1;
      const asked = Promise.withResolvers<unknown>();
      waiting.set(count, asked);
      post({ id: count, name, order });
      return asked.promise as Promise<Orders[typeof name]['answer']>;
    },
    receive(message) {
      const reply = message as Reply;
      const asked = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ('problem' in reply) asked?.reject(new Error(reply.problem));
      else asked?.resolve(reply.answer);
    },
    fail(problem) {
      end ??= problem;
      for (const { reject } of waiting.values()) reject(end);
      waiting.clear();
    },
  };
}

/** How each order is carried out. */
export type Obey<Orders extends OrdersOf<Orders>> = {
  [Name in keyof Orders]: (order: Orders[Name]['order']) => Promise<Orders[Name]['answer']>;
};

/** Returns what is to be called with every message that comes in. */
export function obeying<Orders extends OrdersOf<Orders>>(
  obey: Obey<Orders>,
  post: (message: Reply) => void,
): (message: unknown) => Promise<void> {
  return async (message) => {
    const { id, name, order } = message as Request;
    try {
      post({ id, answer: await obey[name as keyof Orders](order as never) });
    } catch (error) {
      post({ id, problem: String(error) });
    }
  };
}
