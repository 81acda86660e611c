import { type BlockHead, readBlockHead, readIndex, type SegmentEntry } from './block.ts';
import { ReplayBytesError } from './bytes.ts';
import { crc32 } from './crc32.ts';
import {
  BLOCK,
  BLOCK_HEAD_BYTES,
  CODE,
  CODEC,
  END_MAGIC,
  FILE_HEAD_BYTES,
  KIND_BITS,
  MAGIC,
  MOST_INFLATION,
  REPLAY_VERSION,
  TRAILER_BYTES,
} from './format.ts';
import { type ReplayHeader, type ReplayTables, readHeader } from './header.ts';
import { Segment } from './segment-reader.ts';
import { fromUtf8 } from './utf8.ts';

/** A file is no replay, a damaged one, or one of a later version: the message says which, and what to do. */
export class ReplayFileError extends Error {
  override name = 'ReplayFileError';
}

/** What reading needs of whoever has the file: bytes at a place, or bytes that are made longer. */
export type ReplayRequest =
  | { readonly need: 'bytes'; readonly offset: number; readonly length: number }
  | { readonly need: 'inflate'; readonly bytes: Uint8Array; readonly rawLength: number };

/** Reads step by step: each request is answered with bytes (`next(bytes)`), at once or later. */
export type ReplayReading<T> = Generator<ReplayRequest, T, Uint8Array>;

/** A replay of which the outline is known. */
export interface ReplayOutline {
  readonly header: ReplayHeader;
  /** In order of time. */
  readonly segments: readonly SegmentEntry[];
  /** What the run came to; undefined where the file was cut off before it. */
  readonly tables: ReplayTables | undefined;
  /** A sentence where the file is not whole: what is missing, and what can be read. */
  readonly damage: string | undefined;
}

/**
 * Reads the outline of a file: its header and where its segments are. A file that was cut off is gone through from its
 * start, as far as it goes.
 *
 * @param size length of the file, bytes
 * @throws {ReplayFileError} if it is no replay, or nothing of it can be read
 */
export function* openReplay(size: number): ReplayReading<ReplayOutline> {
  if (size < FILE_HEAD_BYTES) throw new ReplayFileError(`is no replay: it has ${size} bytes`);
  const head = yield bytesAt(0, FILE_HEAD_BYTES);
  if (textOf(head.subarray(0, MAGIC.length)) !== MAGIC)
    throw new ReplayFileError(
      'is no replay: it does not begin like one; `slicewise run --replay FILE` writes replays',
    );
  const version = new DataView(head.buffer, head.byteOffset).getUint32(MAGIC.length, true);
  if (version !== REPLAY_VERSION)
    throw new ReplayFileError(
      `is a replay of version ${version}, and this program reads version ${REPLAY_VERSION}: ${version > REPLAY_VERSION ? 'take a newer one' : 'run the scenario again'}`,
    );
  const first = yield* readBlock(FILE_HEAD_BYTES, size);
  if (first === undefined || first.head.kind !== BLOCK.header)
    throw new ReplayFileError('is a replay whose beginning is damaged: nothing of it can be read');
  let header: ReplayHeader;
  try {
    header = readHeader(fromUtf8(first.raw));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error;
    throw new ReplayFileError('is a replay whose beginning is damaged: nothing of it can be read');
  }
  const indexAt = yield* findIndex(size);
  if (indexAt !== undefined) {
    const index = yield* readBlock(indexAt, size);
    if (index?.head.kind === BLOCK.index) {
      try {
        const segments = readIndex(index.raw);
        const last = segments.at(-1);
        const tablesAt = last === undefined ? first.end : last.offset + last.length;
        const tables = yield* readTables(tablesAt, size);
        const damage =
          tables === undefined ? 'What the run came to is damaged; its events can be read.' : undefined;
        return { header, segments, tables, damage };
      } catch (error) {
        if (!(error instanceof ReplayBytesError)) throw error;
      }
    }
  }
  return yield* goThrough(header, first.end, size);
}

/**
 * Reads one segment.
 *
 * @throws {ReplayFileError} if it is damaged
 */
export function* readSegment(
  { header }: Pick<ReplayOutline, 'header'>,
  entry: SegmentEntry,
  size: number,
): ReplayReading<Segment> {
  const block = yield* readBlock(entry.offset, size, entry.length);
  if (block === undefined || block.head.kind !== BLOCK.segment)
    throw new ReplayFileError(`${spanText(entry)} is damaged; the rest can be read`);
  const segment = segmentOf(block.raw, header, entry);
  if (segment.firstUs !== entry.firstUs || segment.lastUs !== entry.lastUs || segment.count !== entry.count)
    throw new ReplayFileError(
      `${spanText(entry)} is damaged (another part is in its place); the rest can be read`,
    );
  return segment;
}

function segmentOf(raw: Uint8Array, header: ReplayHeader, entry: SegmentEntry): Segment {
  try {
    return new Segment(raw, header.start);
  } catch (error) {
    if (!(error instanceof ReplayBytesError)) throw error;
    throw new ReplayFileError(`${spanText(entry)} is damaged (${error.message}); the rest can be read`);
  }
}

function spanText({ firstUs, lastUs }: SegmentEntry): string {
  return `The part from ${firstUs / 1e6} s to ${lastUs / 1e6} s`;
}

function* findIndex(size: number): ReplayReading<number | undefined> {
  if (size < FILE_HEAD_BYTES + TRAILER_BYTES) return undefined;
  const trailer = yield bytesAt(size - TRAILER_BYTES, TRAILER_BYTES);
  if (textOf(trailer.subarray(8)) !== END_MAGIC) return undefined;
  const offset = new DataView(trailer.buffer, trailer.byteOffset).getFloat64(0, true);
  return Number.isSafeInteger(offset) && offset > 0 && offset < size ? offset : undefined;
}

function* readTables(offset: number, size: number): ReplayReading<ReplayTables | undefined> {
  const block = yield* readBlock(offset, size);
  if (block?.head.kind !== BLOCK.tables) return undefined;
  try {
    return JSON.parse(fromUtf8(block.raw)) as ReplayTables;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** The segments of a file without an index, up to where it ends or is damaged. */
function* goThrough(header: ReplayHeader, from: number, size: number): ReplayReading<ReplayOutline> {
  const segments: SegmentEntry[] = [];
  let offset = from;
  let tables: ReplayTables | undefined;
  for (;;) {
    const block = yield* readBlock(offset, size);
    if (block === undefined) break;
    if (block.head.kind === BLOCK.tables) tables = yield* readTables(offset, size);
    if (block.head.kind === BLOCK.segment) {
      const entry = entryOf(block, offset, header);
      if (entry === undefined) break;
      segments.push(entry);
    }
    offset = block.end;
  }
  const last = segments.at(-1);
  if (last === undefined)
    throw new ReplayFileError(
      'is a replay that was cut off before its first part: nothing of it can be read',
    );
  const damage = `The file is not whole: it can be read up to ${last.lastUs / 1e6} s, in ${segments.length} ${segments.length === 1 ? 'part' : 'parts'}.`;
  return { header, segments, tables, damage };
}

/** What an index would say of a segment; undefined if it is damaged. */
function entryOf({ raw, end }: Block, offset: number, header: ReplayHeader): SegmentEntry | undefined {
  try {
    const segment = new Segment(raw, header.start);
    let kinds = 0;
    for (const byte of segment.kinds) kinds |= 1 << (byte & KIND_BITS);
    const { firstUs, lastUs, count } = segment;
    const arrivedBefore = segment.open().state.happened.arrived;
    return { offset, length: end - offset, firstUs, lastUs, count, kinds, arrivedBefore };
  } catch (error) {
    if (!(error instanceof ReplayBytesError)) throw error;
    return undefined;
  }
}

interface Block {
  readonly head: BlockHead;
  readonly raw: Uint8Array;
  /** Where the next one begins. */
  readonly end: number;
}

/**
 * A whole block whose checksum is right; undefined where there is none.
 *
 * @param length of the block with its head, where that is known: all of it is asked for at once
 */
function* readBlock(
  offset: number,
  size: number,
  length = BLOCK_HEAD_BYTES,
): ReplayReading<Block | undefined> {
  if (offset + BLOCK_HEAD_BYTES > size) return undefined;
  const first = yield bytesAt(offset, Math.min(Math.max(length, BLOCK_HEAD_BYTES), size - offset));
  const head = readBlockHead(first);
  if (head === undefined) return undefined;
  const end = offset + BLOCK_HEAD_BYTES + head.storedLength;
  if (end > size || head.rawLength > MOST_INFLATION * head.storedLength) return undefined;
  const isHere = first.length >= end - offset;
  const stored = isHere
    ? first.subarray(BLOCK_HEAD_BYTES, end - offset)
    : yield bytesAt(offset + BLOCK_HEAD_BYTES, head.storedLength);
  if (crc32(stored) !== head.crc) return undefined;
  const raw =
    head.codec === CODEC.none ? stored : yield { need: 'inflate', bytes: stored, rawLength: head.rawLength };
  return raw.length === head.rawLength ? { head, raw, end } : undefined;
}

function bytesAt(offset: number, length: number): ReplayRequest {
  return { need: 'bytes', offset, length };
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Whether events of a kind are in a segment. */
export function hasKind({ kinds }: SegmentEntry, kind: keyof typeof CODE): boolean {
  return (kinds & (1 << CODE[kind])) !== 0;
}

/** Number of the segment in which a moment lies: the last that has begun by then. */
export function segmentAt(segments: readonly SegmentEntry[], atUs: number): number {
  let [low, high] = [0, segments.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((segments[middle] as SegmentEntry).firstUs <= atUs) low = middle;
    else high = middle - 1;
  }
  return low;
}
