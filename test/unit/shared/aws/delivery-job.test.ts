import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decodeJob, encodeJob } from '../../../../shared/aws/delivery-job.ts';
import type { DeliveryJob } from '../../../../shared/domain/ports.ts';
import { packFrames } from '../../../../shared/protocol/wire-entry.ts';
import { aDeliveryJob } from '../../../support/delivery-jobs.ts';
import { aMessage } from '../../../support/log-entries.ts';
import { XML_TEXT } from '../../../support/xml-text.ts';

describe('a delivery job in the queue', () => {
  it('comes back as it was', () => {
    const job = aDeliveryJob({ hops: 3 });

    expect(decodeJob(encodeJob(job))).toEqual(job);
  });

  it('is ephemeral afterwards if and only if it was before', () => {
    const job = aDeliveryJob({ ephemeral: true });

    expect(decodeJob(encodeJob(job))).toEqual(job);
    expect(decodeJob(encodeJob(aDeliveryJob()))).not.toHaveProperty('ephemeral');
  });

  it('remembers the strikes of its recipients, if there were any', () => {
    const job = aDeliveryJob({ strikes: 2 });

    expect(decodeJob(encodeJob(job))).toEqual(job);
    expect(decodeJob(encodeJob(aDeliveryJob()))).not.toHaveProperty('strikes');
  });

  it('comes back as it was and holds only what SQS takes, whatever people write', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(fc.oneof(text, fc.constantFrom('\uFFFE', '\\\uFFFF', '\u0000', '"')), (text) => {
        const job = aDeliveryJob({ frames: packFrames('lobby', [aMessage({ text })], 1) });
        const body = encodeJob(job);

        expect(body).toMatch(XML_TEXT);
        expect(decodeJob(body)).toEqual(job);
      }),
    );
  });

  const valid = { v: 1, ...aDeliveryJob() };

  it.each<[string, string]>([
    ['no JSON', '{"v":1'],
    ['another format version', JSON.stringify({ ...valid, v: 2 })],
    ['no room', JSON.stringify({ ...valid, roomId: '' })],
    ['no frames', JSON.stringify({ ...valid, frames: [] })],
    ['no recipients', JSON.stringify({ ...valid, connectionIds: [] })],
    ['a recipient that is no text', JSON.stringify({ ...valid, connectionIds: [7] })],
    ['negative hops', JSON.stringify({ ...valid, hops: -1 })],
    ['half a strike', JSON.stringify({ ...valid, strikes: 0.5 })],
    ['null', 'null'],
  ])('is refused with %s', (_title, body) => {
    expect(() => decodeJob(body)).toThrow();
  });

  it('is read even if a later version has added to it', () => {
    const job: DeliveryJob = decodeJob(JSON.stringify({ ...valid, priority: 'low' }));

    expect(job).toEqual(aDeliveryJob());
  });
});
