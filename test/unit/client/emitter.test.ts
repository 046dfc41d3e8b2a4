import { describe, expect, it } from '@jest/globals';
import { createEmitter } from '../../../client/emitter.ts';

describe('an emitter', () => {
  it('does not let a listener that throws disturb the others, nor swallow its error', () => {
    const surfaced: unknown[] = [];
    const heard: number[] = [];
    const emitter = createEmitter<{ count: number }>((error) => surfaced.push(error));
    emitter.on('count', () => {
      throw new Error('mine');
    });
    emitter.on('count', (count) => heard.push(count));
    emitter.emit('count', 1);
    expect({ heard, surfaced }).toEqual({ heard: [1], surfaced: [new Error('mine')] });
  });

  it('calls a listener as often as it was subscribed, and not after it was unsubscribed', () => {
    const heard: number[] = [];
    const emitter = createEmitter<{ count: number }>();
    const listener = (count: number) => heard.push(count);
    const [first, second] = [emitter.on('count', listener), emitter.on('count', listener)];
    emitter.emit('count', 1);
    first();
    emitter.emit('count', 2);
    second();
    emitter.emit('count', 3);
    expect(heard).toEqual([1, 1, 2]);
  });

  it('does not call a listener that an earlier one has unsubscribed', () => {
    const heard: string[] = [];
    const emitter = createEmitter<{ count: number }>();
    emitter.on('count', () => unsubscribe());
    const unsubscribe = emitter.on('count', () => heard.push('late'));
    emitter.emit('count', 1);
    expect(heard).toEqual([]);
  });

  it('leaves those alone who are subscribed meanwhile, and skips nobody for one who has gone', () => {
    const heard: string[] = [];
    const emitter = createEmitter<{ count: number }>();
    const unsubscribe = emitter.on('count', () => {
      emitter.on('count', () => heard.push('new'));
      unsubscribe();
    });
    emitter.on('count', () => heard.push('old'));
    emitter.emit('count', 1);
    expect(heard).toEqual(['old']);
    emitter.emit('count', 2);
    expect(heard).toEqual(['old', 'old', 'new']);
  });
});
