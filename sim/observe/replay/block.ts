import { ByteReader } from './bytes.ts';
import { crc32 } from './crc32.ts';
import { BLOCK, BLOCK_HEAD_BYTES, CODEC } from './format.ts';

/** Makes raw DEFLATE data (RFC 1951), or unmakes them. Files are read and written by others: see cli and viz. */
export type Compress = (raw: Uint8Array) => Uint8Array;

export interface BlockHead {
  readonly kind: number;
  readonly codec: number;
  readonly storedLength: number;
  readonly rawLength: number;
  readonly crc: number;
}

/** A block with its head; compressed where that makes it shorter. */
export function packBlock(kind: number, raw: Uint8Array, deflate: Compress | undefined): Uint8Array {
  const packed = deflate?.(raw);
  const isShorter = packed !== undefined && packed.length < raw.length;
  const stored = isShorter ? packed : raw;
  const block = new Uint8Array(BLOCK_HEAD_BYTES + stored.length);
  const head = new DataView(block.buffer);
  head.setUint8(0, kind);
  head.setUint8(1, isShorter ? CODEC.deflate : CODEC.none);
  head.setUint32(4, stored.length, true);
  head.setUint32(8, raw.length, true);
  head.setUint32(12, crc32(stored), true);
  block.set(stored, BLOCK_HEAD_BYTES);
  return block;
}

/** The head of a block; undefined where there is none. */
export function readBlockHead(bytes: Uint8Array, at = 0): BlockHead | undefined {
  if (at + BLOCK_HEAD_BYTES > bytes.length) return undefined;
  const from = new DataView(bytes.buffer, bytes.byteOffset + at, BLOCK_HEAD_BYTES);
  const [kind, codec] = [from.getUint8(0), from.getUint8(1)];
  if (kind < BLOCK.header || kind > BLOCK.index || codec > CODEC.deflate || from.getUint16(2) !== 0)
    return undefined;
  return {
    kind,
    codec,
    storedLength: from.getUint32(4, true),
    rawLength: from.getUint32(8, true),
    crc: from.getUint32(12, true),
  };
}

/** One segment, as the index names it. */
export interface SegmentEntry {
  /** Where its block begins, and how long that is with its head. */
  readonly offset: number;
  readonly length: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly count: number;
  /** Kinds of events in it, as bits by their code. */
  readonly kinds: number;
  /** Jobs that had arrived before it. */
  readonly arrivedBefore: number;
}

/** Numbers of the index one after another, each segment as it differs from the one before. */
export function readIndex(raw: Uint8Array): readonly SegmentEntry[] {
  const from = new ByteReader(raw);
  const entries: SegmentEntry[] = [];
  let [offset, lastUs, arrivedBefore] = [0, 0, 0];
  for (let left = from.whole(); left > 0; left--) {
    offset += from.whole();
    const length = from.whole();
    const firstUs = lastUs + from.whole();
    lastUs = firstUs + from.whole();
    const count = from.whole();
    const kinds = from.whole();
    arrivedBefore += from.whole();
    entries.push({ offset, length, firstUs, lastUs, count, kinds, arrivedBefore });
    offset += length;
  }
  return entries;
}
