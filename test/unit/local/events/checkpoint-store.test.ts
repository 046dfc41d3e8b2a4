import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createFileCheckpointStore } from '../../../../local/events/checkpoint-store.ts';
import { createCheckpointTracker } from '../../../../local/events/checkpoint-tracker.ts';
import { createFakeClock } from './fake-clock.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'roomcast-checkpoints-'));
  path = join(directory, 'state', 'checkpoints.json');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the file-backed checkpoint store', () => {
  it('remembers across restarts', async () => {
    const first = await createFileCheckpointStore(path);
    await first.save('shard-1', '41');
    await first.save('shard-1', '42');
    await first.save('shard-2', '7');
    await first.flush();
    const second = await createFileCheckpointStore(path);
    expect(await second.load('shard-1')).toBe('42');
    expect(await second.load('shard-2')).toBe('7');
    expect(await second.load('shard-3')).toBeUndefined();
  });

  it('makes one write of saves that follow each other closely', async () => {
    const clock = createFakeClock();
    const store = await createFileCheckpointStore(path, { clock });
    await store.save('shard-1', '1');
    await clock.advance(199);
    await store.save('shard-1', '2');
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await clock.advance(1);
    await store.flush();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ 'shard-1': '2' });
  });

  it('starts empty from a damaged file, and says so', async () => {
    const damaged = join(directory, 'damaged.json');
    await writeFile(damaged, '{"shard-1": "4');
    const problems: string[] = [];
    const store = await createFileCheckpointStore(damaged, { onProblem: (p) => problems.push(p) });
    expect(await store.load('shard-1')).toBeUndefined();
    expect(problems).toEqual([expect.stringContaining(damaged)]);
  });

  it('keeps what it could not write for the next time', async () => {
    const problems: string[] = [];
    await writeFile(join(directory, 'state'), 'in the way');
    const store = await createFileCheckpointStore(path, { onProblem: (p) => problems.push(p) });
    await store.save('shard-1', '1');
    await store.flush();
    expect(problems).toHaveLength(2);
    await rm(join(directory, 'state'));
    await store.flush();
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ 'shard-1': '1' });
  });
});

describe('the checkpoint tracker', () => {
  it('moves only past records that have nothing unfinished before them', () => {
    const tracker = createCheckpointTracker();
    for (const sequence of ['1', '2', '3', '4']) tracker.started(sequence);
    expect(tracker.finished(['2', '4'])).toBeUndefined();
    expect(tracker.pending()).toBe(2);
    expect(tracker.finished(['1'])).toBe('2');
    expect(tracker.finished(['3', '3'])).toBe('4');
    expect(tracker.pending()).toBe(0);
  });
});
