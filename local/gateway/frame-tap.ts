const TEXT = 1;
const CONTINUATION = 0;
const BINARY = 2;
const LONGEST_HEADER_BYTES = 14;

/**
 * Reads frame headers off the raw byte stream of one client, because a WebSocket library shows whole
 * messages only and the platform's limit is on the single frame. Passive: the bytes go on unchanged.
 */
export interface FrameTap {
  read(chunk: Uint8Array): void;
  /**
   * Index (from 0, in the order of arrival) of the first message with a frame over the limit, or -1.
   * An index rather than a callback: a chunk may hold good messages before the bad one.
   */
  firstOversizedMessage(): number;
}

export function createFrameTap(maxFrameBytes: number): FrameTap {
  const header = new Uint8Array(LONGEST_HEADER_BYTES);
  let headerBytes = 0;
  let payloadBytesLeft = 0;
  let messageIndex = 0;
  let firstOversized = -1;

  function endOfHeader(): void {
    const opcode = byteAt(header, 0) & 0x0f;
    const isData = opcode === TEXT || opcode === BINARY || opcode === CONTINUATION;
    payloadBytesLeft = payloadLength(header);
    headerBytes = 0;
    if (!isData) return;
    if (payloadBytesLeft > maxFrameBytes && firstOversized === -1) firstOversized = messageIndex;
    const isFinal = (byteAt(header, 0) & 0x80) !== 0;
    if (isFinal) messageIndex += 1;
  }

  return {
    read(chunk) {
      let offset = 0;
      while (offset < chunk.length) {
        if (payloadBytesLeft > 0) {
          const skipped = Math.min(payloadBytesLeft, chunk.length - offset);
          payloadBytesLeft -= skipped;
          offset += skipped;
          continue;
        }
        header[headerBytes] = byteAt(chunk, offset);
        headerBytes += 1;
        offset += 1;
        if (headerBytes >= 2 && headerBytes === headerLength(header)) endOfHeader();
      }
    },
    firstOversizedMessage: () => firstOversized,
  };
}

function headerLength(header: Uint8Array): number {
  const second = byteAt(header, 1);
  const length = second & 0x7f;
  const extension = length === 126 ? 2 : length === 127 ? 8 : 0;
  const mask = (second & 0x80) !== 0 ? 4 : 0;
  return 2 + extension + mask;
}

function payloadLength(header: Uint8Array): number {
  const length = byteAt(header, 1) & 0x7f;
  if (length < 126) return length;
  const bytes = length === 126 ? 2 : 8;
  let value = 0;
  for (let i = 0; i < bytes; i++) value = value * 256 + byteAt(header, 2 + i);
  return value;
}

function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}
