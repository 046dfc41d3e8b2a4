import { types } from 'node:util';

/**
 * Lets errors of Node's core pass `instanceof Error`, as they do outside of Jest. Its sandbox has an
 * `Error` of its own, so that the SDK would take a connection that was cut for something unknown.
 */
export function acceptCoreErrors(): void {
  const inherited = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(Error, Symbol.hasInstance, {
    configurable: true,
    value(this: unknown, value: unknown) {
      return this === Error
        ? types.isNativeError(value) || inherited.call(Error, value)
        : inherited.call(this as () => void, value);
    },
  });
}
