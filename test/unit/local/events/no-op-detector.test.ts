import { describe, expect, it } from '@jest/globals';
import { createNoOpDetector } from '../../../../local/events/no-op-detector.ts';
import type { JsonImage, StreamRecord } from '../../../../local/events/stream-record.ts';
import { streamRecord } from './stream-fixtures.ts';

function record(
  sequence: number,
  eventName: StreamRecord['eventName'],
  NewImage: JsonImage | undefined,
  viewType = 'NEW_IMAGE',
  OldImage?: JsonImage,
): StreamRecord {
  const { NewImage: _, ...dynamodb } = streamRecord(sequence).dynamodb;
  return {
    ...streamRecord(sequence, { eventName }),
    dynamodb: {
      ...dynamodb,
      ...(NewImage && { NewImage }),
      ...(OldImage && { OldImage }),
      StreamViewType: viewType,
    },
  };
}

const a = { text: { S: 'a' }, tags: { SS: ['x', 'y'] } };
const sameAsA = { tags: { SS: ['y', 'x'] }, text: { S: 'a' } };
const b = { text: { S: 'b' } };

describe('a write that changed nothing', () => {
  it('is found by the image that went by before, whatever its order', () => {
    const isNoOp = createNoOpDetector();
    expect(isNoOp(record(1, 'INSERT', a))).toBe(false);
    expect(isNoOp(record(2, 'MODIFY', sameAsA))).toBe(true);
    expect(isNoOp(record(3, 'MODIFY', b))).toBe(false);
    expect(isNoOp(record(4, 'MODIFY', a))).toBe(false);
  });

  it('is not seen in a record that is read again', () => {
    const isNoOp = createNoOpDetector();
    isNoOp(record(1, 'INSERT', b));
    expect(isNoOp(record(2, 'MODIFY', a))).toBe(false);
    expect(isNoOp(record(2, 'MODIFY', a))).toBe(false);
  });

  it('is not seen across a removal', () => {
    const isNoOp = createNoOpDetector();
    isNoOp(record(1, 'INSERT', a));
    isNoOp(record(2, 'REMOVE', undefined));
    expect(isNoOp(record(3, 'MODIFY', a))).toBe(false);
  });

  it('is found by both images of one record', () => {
    const isNoOp = createNoOpDetector();
    expect(isNoOp(record(1, 'MODIFY', a, 'NEW_AND_OLD_IMAGES', sameAsA))).toBe(true);
    expect(isNoOp(record(2, 'MODIFY', a, 'NEW_AND_OLD_IMAGES', b))).toBe(false);
  });

  it('cannot be told from keys alone', () => {
    const isNoOp = createNoOpDetector();
    isNoOp(record(1, 'MODIFY', undefined, 'KEYS_ONLY'));
    expect(isNoOp(record(2, 'MODIFY', undefined, 'KEYS_ONLY'))).toBe(false);
  });
});
