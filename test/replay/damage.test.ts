import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Scenario } from '../../sim/index.ts';
import { packBlock, readBlockHead } from '../../sim/observe/replay/block.ts';
import { ReplayBytesError } from '../../sim/observe/replay/bytes.ts';
import { readSegment } from '../../sim/observe/replay/file.ts';
import {
  BLOCK,
  BLOCK_HEAD_BYTES,
  FILE_HEAD_BYTES,
  REPLAY_VERSION,
  TRAILER_BYTES,
} from '../../sim/observe/replay/format.ts';
import { ReplayFileError, type ReplayOutline } from '../../sim/observe/replay/index.ts';
import { Segment } from '../../sim/observe/replay/segment-reader.ts';
import { normalized } from '../scenario/problems-of.ts';
import { outlineOf, readFrom, runWithReplay } from './run-with-replay.ts';

interface BlockPlace {
  readonly kind: number;
  readonly start: number;
  readonly end: number;
}

let file = new Uint8Array();
let blocks: readonly BlockPlace[] = [];
/** What every segment says, event by event. */
let told: readonly string[] = [];

/** Several segments of a fleet with MIG, preemption and queues. */
beforeAll(() => {
  const { scenario } = normalized(parse(readFileSync('scenarios/catalog/mig-on-demand-h100.yaml', 'utf8')));
  const short: Scenario = {
    ...scenario,
    experiment: { ...scenario.experiment, horizonUs: 60 * 3600e6 } as Scenario['experiment'],
  };
  file = new Uint8Array(runWithReplay(short, [10e6]).file);
  const found: BlockPlace[] = [];
  for (let at = FILE_HEAD_BYTES; at < file.length - TRAILER_BYTES; ) {
    const head = readBlockHead(file, at);
    if (head === undefined) break;
    const end = at + BLOCK_HEAD_BYTES + head.storedLength;
    found.push({ kind: head.kind, start: at, end });
    at = end;
  }
  blocks = found;
  const outline = outlineOf(file);
  told = outline.segments.map((_, i) => tellingOf(file, outline, i));
});

function tellingOf(bytes: Uint8Array, outline: ReplayOutline, number: number): string {
  const entry = outline.segments[number];
  if (entry === undefined) throw new RangeError('no such segment');
  return telling(readFrom(bytes, readSegment(outline, entry, bytes.length)));
}

function telling(segment: Segment): string {
  const cursor = segment.open();
  const lines: string[] = [];
  for (let event = cursor.step(); event !== undefined; event = cursor.step()) {
    lines.push(`${event.atUs} ${event.kind} ${event.job?.name ?? ''} ${event.text ?? ''} ${event.gpu ?? ''}`);
  }
  return lines.join('\n');
}

/**
 * Opens a file that may be damaged and reads all that can be: every segment that comes is one that was written.
 *
 * @returns how many segments came, or the error
 */
function readAll(bytes: Uint8Array): {
  readonly outline?: ReplayOutline;
  readonly came: number;
  readonly errors: readonly string[];
} {
  let outline: ReplayOutline;
  try {
    outline = outlineOf(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ReplayFileError);
    return { came: 0, errors: [(error as Error).message] };
  }
  let came = 0;
  const errors: string[] = [];
  outline.segments.forEach((_, i) => {
    try {
      expect(tellingOf(bytes, outline, i)).toBe(told[i]);
      came += 1;
    } catch (error) {
      if (!(error instanceof ReplayFileError)) throw error;
      errors.push(error.message);
    }
  });
  return { outline, came, errors };
}

test('the file that is damaged below has several segments and is whole', () => {
  const kinds = blocks.map(({ kind }) => kind);
  expect(kinds[0]).toBe(BLOCK.header);
  expect(kinds.filter((kind) => kind === BLOCK.segment).length).toBeGreaterThan(3);
  expect(kinds.slice(-2)).toEqual([BLOCK.tables, BLOCK.index]);
  expect(blocks.at(-1)?.end).toBe(file.length - TRAILER_BYTES);
  const whole = readAll(file);
  expect(whole).toMatchObject({ came: told.length, errors: [] });
  expect(whole.outline?.damage).toBeUndefined();
  expect(whole.outline?.tables?.digest).toMatch(/^[0-9a-f]+$/);
});

describe('a file that was cut off opens as far as it goes, and says so', () => {
  test('at every border of a block, and a byte before and after', () => {
    for (const [number, { end }] of blocks.entries()) {
      for (const size of [end - 1, end, end + 1]) {
        const { outline, came, errors } = readAll(file.slice(0, size));
        const wholeBlocks = number + (size >= end ? 1 : 0);
        const segments = blocks.slice(0, wholeBlocks).filter(({ kind }) => kind === BLOCK.segment).length;
        expect(came).toBe(segments);
        if (segments === 0) {
          expect(errors.join()).toMatch(/cut off|beginning is damaged/);
          continue;
        }
        expect(outline?.damage).toMatch(
          /^The file is not whole: it can be read up to [\d.]+ s, in \d+ parts?\.$/,
        );
        expect(outline?.damage).toContain(`in ${segments} part`);
      }
    }
  });

  test('anywhere', () => {
    fc.assert(
      fc.property(fc.nat({ max: file.length - 1 }), (size) => {
        const { outline, came, errors } = readAll(file.slice(0, size));
        const segments = blocks.filter(({ kind, end }) => kind === BLOCK.segment && end <= size).length;
        expect(came).toBe(segments);
        expect(outline?.damage ?? errors.join()).toMatch(/not whole|cut off|no replay|beginning is damaged/);
      }),
      { numRuns: 60 },
    );
  });
});

test('a bit that is turned over anywhere loses no more than the part it is in, and is noticed', () => {
  fc.assert(
    fc.property(fc.nat({ max: file.length - 1 }), fc.nat(7), (at, bit) => {
      const bytes = file.slice();
      bytes[at]! ^= 1 << bit;
      const { outline, came, errors } = readAll(bytes);
      expect(outline?.damage ?? errors[0], `byte ${at}`).toBeDefined();
      const block = blocks.find(({ start, end }) => start <= at && at < end);
      if (block?.kind === BLOCK.segment && outline !== undefined) {
        expect(came).toBe(told.length - 1);
        expect(errors[0]).toMatch(/^The part from [\d.]+ s to [\d.]+ s is damaged.*the rest can be read$/);
      }
      if (block === undefined && at >= FILE_HEAD_BYTES) expect(came).toBe(told.length);
    }),
    { numRuns: 150 },
  );
});

describe('what is no replay, or not one of this version, is refused in words', () => {
  test.each([
    ['nothing', new Uint8Array(), /is no replay: it has 0 bytes/],
    ['a few bytes', Uint8Array.of(83, 76, 87), /is no replay: it has 3 bytes/],
    [
      'JSON',
      Buffer.from('{"schema": "slicewise/result@1", "metrics": {}}'),
      /does not begin like one.*--replay FILE/,
    ],
    ['zeros', new Uint8Array(4096), /does not begin like one/],
  ])('%s', (_name, bytes, message) => {
    expect(() => outlineOf(new Uint8Array(bytes))).toThrow(message);
    expect(() => outlineOf(new Uint8Array(bytes))).toThrow(ReplayFileError);
  });

  test('versions before and after', () => {
    const of = (version: number) => {
      const bytes = file.slice();
      new DataView(bytes.buffer).setUint32(8, version, true);
      return bytes;
    };
    expect(() => outlineOf(of(REPLAY_VERSION + 1))).toThrow(
      `is a replay of version ${REPLAY_VERSION + 1}, and this program reads version ${REPLAY_VERSION}: take a newer one`,
    );
    // Version 1 wrote other columns: read as of now they would show an empty fleet.
    expect(() => outlineOf(of(1))).toThrow('run the scenario again');
    expect(() => outlineOf(of(0))).toThrow('run the scenario again');
  });

  test('any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        expect(readAll(Uint8Array.from([...file.subarray(0, FILE_HEAD_BYTES), ...rest])).came).toBe(0);
      }),
    );
  });
});

describe('a file with right checksums that somebody made up neither crashes nor hangs a reader', () => {
  const raws = () =>
    blocks
      .filter(({ kind }) => kind === BLOCK.segment)
      .map(({ start, end }) => new Uint8Array(inflateRawSync(file.subarray(start + BLOCK_HEAD_BYTES, end))));

  test('where bytes of a segment are others', () => {
    const { header } = outlineOf(file);
    const segments = raws();
    const change = fc.record({ at: fc.nat(), to: fc.oneof(fc.nat(255), fc.constantFrom(0, 127, 128, 255)) });
    fc.assert(
      fc.property(
        fc.nat(segments.length - 1),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (number, changes) => {
          const raw = (segments[number] as Uint8Array).slice();
          for (const { at, to } of changes) raw[at % raw.length] = to;
          try {
            telling(new Segment(raw, header.start));
          } catch (error) {
            if (!(error instanceof ReplayBytesError)) throw error;
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('where the head of a segment is another: its dictionary and its keyframe', () => {
    const { header } = outlineOf(file);
    const first = raws()[1] as Uint8Array;
    fc.assert(
      fc.property(fc.nat(600), fc.uint8Array({ minLength: 1, maxLength: 9 }), (at, bytes) => {
        const raw = first.slice();
        raw.set(bytes, at);
        try {
          telling(new Segment(raw, header.start));
        } catch (error) {
          if (!(error instanceof ReplayBytesError)) throw error;
        }
      }),
      { numRuns: 400 },
    );
  });

  test('where lengths are enormous: no memory is taken for them', () => {
    const huge = [255, 255, 255, 255, 255, 255, 255, 15];
    const { header } = outlineOf(file);
    for (let at = 0; at < 40; at++) {
      const raw = Uint8Array.from([...(raws()[0] as Uint8Array).subarray(0, at), ...huge]);
      expect(() => telling(new Segment(raw, header.start))).toThrow(ReplayBytesError);
    }
    // A block of a few bytes that claims 4 GB.
    const bytes = file.slice();
    const second = blocks[1] as BlockPlace;
    new DataView(bytes.buffer).setUint32(second.start + 8, 0xffffffff, true);
    expect(readAll(bytes).came).toBe(told.length - 1);
  });

  test('where the header claims fleets that nobody has', () => {
    const head = blocks[0] as BlockPlace;
    const text = inflateRawSync(file.subarray(head.start + BLOCK_HEAD_BYTES, head.end)).toString('utf8');
    const withHeader = (change: (header: Record<string, unknown>) => unknown) => {
      const raw = Buffer.from(JSON.stringify(change(JSON.parse(text) as Record<string, unknown>)));
      return Buffer.concat([
        file.subarray(0, FILE_HEAD_BYTES),
        packBlock(BLOCK.header, raw, deflateRawSync),
        file.subarray(head.end),
      ]);
    };
    const host = { cpuMilli: 1, memoryMib: 1, gpus: [{ model: 'L4', count: 1e9 }] };
    for (const start of [
      { names: ['a'], hosts: [{ count: 1e9, host }], cards: [] },
      { names: ['a'], hosts: [{ count: 1, host }], cards: [{ count: 1e9, card: null }] },
      {
        names: ['a'],
        hosts: [{ count: 1, host: { ...host, gpus: [{ model: 'L4', count: -1 }] } }],
        cards: [],
      },
      { names: [7], hosts: [{ count: 1, host }], cards: [] },
      { names: 'a', hosts: null, cards: [] },
      null,
    ]) {
      expect(readAll(withHeader((header) => ({ ...header, start })))).toMatchObject({ came: 0 });
    }
    for (const other of [null, [], 7, 'x', {}]) expect(readAll(withHeader(() => other)).came).toBe(0);
  });
});
