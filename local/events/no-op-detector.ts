import { createHash } from 'node:crypto';
import { canonicalImage, type StreamRecord } from './stream-record.ts';

/** Items whose last image is remembered, oldest forgotten first: some hundred bytes each. */
const REMEMBERED_ITEMS = 10_000;

/**
 * Finds the records of writes that changed nothing, which AWS never emits and engines on one machine
 * do. With both images in the record it is certain. With NEW_IMAGE the last image that went by is
 * compared, so that the first no-op on an item not seen since start passes. With KEYS_ONLY and
 * OLD_IMAGE it cannot be told, and all records pass.
 */
export function createNoOpDetector(): (record: StreamRecord) => boolean {
  const lastImages = new Map<string, { sequenceNumber: bigint; digest: string }>();

  return (record) => {
    const { NewImage, OldImage, Keys, SequenceNumber, StreamViewType } = record.dynamodb;
    if (StreamViewType === 'NEW_AND_OLD_IMAGES') {
      if (record.eventName !== 'MODIFY' || !NewImage || !OldImage) return false;
      return canonicalImage(NewImage) === canonicalImage(OldImage);
    }
    if (StreamViewType !== 'NEW_IMAGE') return false;

    const key = canonicalImage(Keys);
    const last = lastImages.get(key);
    lastImages.delete(key);
    if (!NewImage) return false;

    const sequenceNumber = BigInt(SequenceNumber);
    const digest = createHash('sha1').update(canonicalImage(NewImage)).digest('base64');
    lastImages.set(key, { sequenceNumber, digest });
    if (lastImages.size > REMEMBERED_ITEMS) {
      const [oldest] = lastImages.keys();
      if (oldest !== undefined) lastImages.delete(oldest);
    }
    // A record that is read again must not be compared with itself.
    return (
      record.eventName === 'MODIFY' &&
      last !== undefined &&
      last.sequenceNumber < sequenceNumber &&
      last.digest === digest
    );
  };
}
