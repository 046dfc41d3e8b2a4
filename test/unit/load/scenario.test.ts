import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readScenario, SCENARIOS, ScenarioError } from '../../load/scenario.ts';

describe('the scenarios that come with the project', () => {
  it.each(SCENARIOS)('%s is one, and forgives nothing lost, twice or out of order', (name) => {
    expect(readScenario(name).thresholds).toMatchObject({
      lost: 0,
      duplicated: 0,
      reordered: 0,
      notLive: 0,
    });
  });

  it('are changed by the command line', () => {
    expect(readScenario('hot-room', { members: 7 }).shape).toMatchObject({ members: 7, rate: 20 });
  });

  it.each([
    [{ members: 10 }, /^The scenario chatter is not right\. shape\.rooms: must not be more than/],
    [{ rate: 1_001 }, /shape\.rate: /],
    [{ seconds: 600_000 }, /shape\.seconds: would be more than 10,000,000 messages/],
  ])('are refused with %j, in one line that names the field', (changes, problem) => {
    expect(() => readScenario('chatter', changes)).toThrow(ScenarioError);
    expect(() => readScenario('chatter', changes)).toThrow(problem);
  });

  it.each([
    ['chatter', { hotMembers: 5 }, /shape\.hotMembers: goes together with hotRate/],
    ['chatter', { hotRate: 5 }, /shape\.hotMembers: goes together with hotRate/],
    ['storm', { hotMembers: 5, hotRate: 5 }, /shape\.hotMembers: goes with a steady rate, no cut/],
    ['ramp', { hotMembers: 5, hotRate: 5 }, /members that enter before/],
    ['beside', { seconds: 5 }, /shape\.warmUpSeconds: must be less/],
  ])('are refused as %s with %j, which would measure something else', (name, changes, problem) => {
    expect(() => readScenario(name, changes)).toThrow(problem);
  });

  it('are refused when their cut would come after the end', () => {
    expect(() => readScenario('storm', { seconds: 5 })).toThrow(/shape\.cutAtSecond: /);
  });
});

describe('a scenario of one’s own', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'roomcast-scenario-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is refused with the name of a field that does not exist', () => {
    const path = join(directory, 'mine.json');
    const { shape, ...rest } = readScenario('soak');
    writeFileSync(path, JSON.stringify({ ...rest, shape: { ...shape, raet: 2 } }));

    expect(() => readScenario(path)).toThrow(/mine\.json is not right.*raet/);
  });

  it('is refused when it is not there', () => {
    expect(() => readScenario(join(directory, 'none.json'))).toThrow(/none\.json cannot be read/);
  });
});
