import { crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter, ReplayBytesError } from '../../sim/observe/replay/bytes.ts';
import { crc32 } from '../../sim/observe/replay/crc32.ts';
import { Dictionary, DictionaryWriter } from '../../sim/observe/replay/dictionary.ts';
import { JobNameReader, JobNameWriter } from '../../sim/observe/replay/job-name.ts';
import { fromUtf8, toUtf8 } from '../../sim/observe/replay/utf8.ts';

/** Halves of surrogate pairs become U+FFFD. */
const wellFormed = (text: string) => Buffer.from(text, 'utf8').toString('utf8');

/** Whole numbers of every length, those at which a further byte begins among them. */
const wholes = fc.oneof(
  fc.nat(300),
  fc.maxSafeNat(),
  fc
    .tuple(fc.integer({ min: 0, max: 53 }), fc.integer({ min: -1, max: 1 }))
    .map(([bits, more]) => Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, 2 ** bits + more))),
);

type Entry =
  | { readonly kind: 'whole' | 'signed' | 'double'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string };

const entries: fc.Arbitrary<readonly Entry[]> = fc.array(
  fc.oneof(
    wholes.map((value) => ({ kind: 'whole' as const, value })),
    fc.tuple(wholes, fc.boolean()).map(([value, isLess]) => {
      const half = Math.floor(value / 2);
      return { kind: 'signed' as const, value: isLess && half > 0 ? -half : half };
    }),
    fc.double().map((value) => ({ kind: 'double' as const, value })),
    fc.string({ unit: 'binary', maxLength: 40 }).map((value) => ({ kind: 'text' as const, value })),
  ),
);

describe('numbers and texts', () => {
  test('are read as they were written, to the last byte', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const to = new ByteWriter(1);
        for (const entry of all) {
          if (entry.kind === 'text') to.text(entry.value);
          else to[entry.kind](entry.value);
        }
        const from = new ByteReader(to.bytes.slice());
        expect(all.map(({ kind }) => from[kind]())).toEqual(all.map(({ value }) => value));
        expect(from.at).toBe(to.length);
      }),
    );
  });

  test('that end too early are no numbers: every shorter prefix is refused', () => {
    fc.assert(
      fc.property(wholes, fc.string({ minLength: 1 }), (number, text) => {
        const to = new ByteWriter();
        to.whole(number);
        to.double(number);
        to.text(text);
        const bytes = to.bytes.slice();
        for (let end = 0; end < bytes.length; end++) {
          const from = new ByteReader(bytes, 0, end);
          expect(() => [from.whole(), from.double(), from.text()]).toThrow(ReplayBytesError);
        }
      }),
    );
  });

  test('of any bytes are safe whole numbers, or an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        try {
          expect(Number.isSafeInteger(new ByteReader(bytes).whole())).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ReplayBytesError);
        }
      }),
    );
    expect(() => new ByteReader(new Uint8Array(9).fill(255)).whole()).toThrow('too long');
  });

  test('are as long as LEB128 says', () => {
    const lengthOf = (value: number) => {
      const to = new ByteWriter();
      to.whole(value);
      return to.length;
    };
    expect([0, 127, 128, 16_383, 16_384, 2 ** 32, Number.MAX_SAFE_INTEGER].map(lengthOf)).toEqual([
      1, 1, 2, 2, 3, 5, 8,
    ]);
  });
});

test('UTF-8 is what Node makes of it, both ways, and of broken bytes no half characters come', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect([...toUtf8(text)]).toEqual([...Buffer.from(text, 'utf8')]);
      expect(fromUtf8(Buffer.from(text, 'utf8'))).toBe(wellFormed(text));
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = fromUtf8(bytes);
      expect(text).toBe(wellFormed(text));
    }),
  );
  // A surrogate, and longer forms of `/`, are no characters.
  for (const bytes of [
    [0xed, 0xa0, 0x80],
    [0xc0, 0xaf],
    [0xe0, 0x80, 0xaf],
  ]) {
    expect(fromUtf8(Uint8Array.from(bytes))).toMatch(/^\uFFFD+$/);
  }
});

test('the checksum is that of zlib', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(3), (bytes, from) => {
      expect(crc32(bytes.subarray(from))).toBe(zlibCrc32(bytes.subarray(from)));
    }),
  );
  expect(crc32(Buffer.from('123456789')).toString(16)).toBe('cbf43926');
  expect(crc32(new Uint8Array())).toBe(0);
});

test('names of jobs come back whatever they are, and with running numbers they are short', () => {
  const name = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.constantFrom('job-', 'a/b ', ''), fc.nat()).map(([word, number]) => `${word}${number}`),
    fc.constantFrom('job-007', 'job-00', '0', '99999999999999999999', 'x\n1'),
  );
  const written = (names: readonly string[]) => {
    const [words, args, all] = [new DictionaryWriter(), new ByteWriter(), new ByteWriter()];
    const writer = new JobNameWriter();
    for (const each of names) writer.write(args, words, each);
    words.flush(all);
    return { words: new Dictionary(new ByteReader(all.bytes.slice())), args: args.bytes.slice() };
  };
  fc.assert(
    fc.property(fc.array(name), (names) => {
      const wanted = names.map(wellFormed);
      const { words, args } = written(wanted);
      const [reader, from] = [new JobNameReader(), new ByteReader(args)];
      expect(wanted.map(() => reader.read(from, words))).toEqual(wanted);
    }),
  );
  const running = Array.from({ length: 1000 }, (_, i) => `task-${i + 5000}`);
  expect(written(running).args.length).toBeLessThan(2010);
});
