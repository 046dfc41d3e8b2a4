/** What a table must have, whatever else the template says of it. A test compares this with that. */
export interface ExpectedTable {
  /** The logical id, without its hash. */
  name: string;
  stream?: 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES';
  ttl?: 'expiresAt';
  /** Holds what cannot be made again: point-in-time recovery. */
  lasting?: true;
}

export const EXPECTED_TABLES: readonly ExpectedTable[] = [
  { name: 'Rooms', lasting: true },
  { name: 'Messages', stream: 'NEW_IMAGE', ttl: 'expiresAt', lasting: true },
  { name: 'Receipts', ttl: 'expiresAt', lasting: true },
  { name: 'Connections', ttl: 'expiresAt' },
  { name: 'Memberships', stream: 'NEW_AND_OLD_IMAGES', ttl: 'expiresAt' },
];
