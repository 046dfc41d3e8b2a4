import { expect, it } from '@jest/globals';
import { AT_REST_WHEN_WELL, GRAPHS } from '../load/agreement/graphs.ts';
import { widgetsOf } from './shown-metrics.ts';
import { synthesizeStacks } from './synthesized-stacks.ts';

it('has every graph that load tests look at', () => {
  const { chat } = synthesizeStacks({ openAccess: true });
  const titles = widgetsOf(chat).flatMap(({ properties }) => properties.title ?? []);

  expect(titles).toEqual(expect.arrayContaining([...Object.values(GRAPHS), ...AT_REST_WHEN_WELL]));
});
