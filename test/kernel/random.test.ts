import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameHash } from '../../sim/kernel/name-hash.ts';
import { RandomStream, RandomStreams } from '../../sim/kernel/random.ts';

const draws = (stream: RandomStream, n: number) => Array.from({ length: n }, () => stream.next());

/** Sum of (observed - expected)^2 / expected over equally likely cells. */
function chiSquare(counts: ArrayLike<number>, draws: number): number {
  const expected = draws / counts.length;
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += (counts[i]! - expected) ** 2 / expected;
  return sum;
}

/** A chi-square value's distance from its mean in standard deviations; near normal for the hundreds of cells used. */
const zScore = (chi: number, cells: number) => (chi - (cells - 1)) / Math.sqrt(2 * (cells - 1));

describe('names', () => {
  test('A stream depends on seed, purpose and entity alone, not on other streams or on their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.option(fc.nat(3), { nil: undefined })), { minLength: 1 }),
        (names) => {
          const forward = new RandomStreams(7);
          const backward = new RandomStreams('7');
          for (const [purpose, entity] of names) forward.stream(purpose, entity).next();
          for (const [purpose, entity] of names.toReversed()) draws(backward.stream(purpose, entity), 100);
          for (const [purpose, entity] of names) {
            const fresh = draws(RandomStream.named(7, purpose, entity), 5);
            expect(draws(forward.once(purpose, entity), 5)).toEqual(fresh);
            expect(draws(backward.once(purpose, entity), 5)).toEqual(fresh);
          }
        },
      ),
    );
  });

  test('The same name gives the same stream, which goes on where it stands', () => {
    const streams = new RandomStreams(1);
    const fresh = draws(streams.once('arrivals', 'a'), 4);
    expect(streams.stream('arrivals', 'a').next()).toBe(fresh[0]);
    expect(streams.stream('arrivals', 'a')).toBe(streams.stream('arrivals', 'a'));
    expect(draws(streams.stream('arrivals', 'a'), 3)).toEqual(fresh.slice(1));
  });

  test('Names that print alike when joined are different streams', () => {
    const states = [
      ['1', 'a', 'bc'],
      ['1', 'ab', 'c'],
      ['1', 'abc'],
      ['1', 'abc', ''],
      ['1', '', 'abc'],
      ['1a', 'bc'],
      ['1', '3:a|2:bc'],
      ['1', 'a|2:bc'],
    ].map(([seed, purpose, entity]) => JSON.stringify(RandomStream.named(seed!, purpose!, entity).state()));
    expect(new Set(states).size).toBe(states.length);
  });

  test('A number and the text it prints as are the same name', () => {
    expect(RandomStream.named(12, 'x', 3).state()).toEqual(RandomStream.named('12', 'x', '3').state());
    for (const seed of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => new RandomStreams(seed)).toThrow(`got ${seed}`);
    }
  });

  test('nameHash is MurmurHash3 x86 128 of the UTF-16 bytes: values of the reference implementation', () => {
    const hex = (text: string) =>
      nameHash(text)
        .map((word) => word.toString(16).padStart(8, '0'))
        .join(' ');
    expect(hex('')).toBe('00000000 00000000 00000000 00000000');
    expect(hex('a')).toBe('033bb196 ccef4fe1 ccef4fe1 ccef4fe1');
    expect(hex('seven77')).toBe('b94b3000 58412d4b 07265e74 08e69508');
    expect(hex('eight888')).toBe('74280968 c8e3095b ad2a741d 7938ded5');
    expect(hex('nine99999')).toBe('8f8f1f3b 5b5e5e5b fec8ba87 17d50b53');
    expect(hex('The quick brown fox jumps over the lazy dog')).toBe('15beb686 0f94f6ca fed4894d 28be6d5b');
  });
});

describe('draws', () => {
  test('The first numbers of a stream are the same bits everywhere', () => {
    const stream = RandomStream.named(1, 'golden');
    expect(draws(stream, 4)).toEqual([
      0.05710692678391338, 0.619820707727925, 0.32882454552820384, 0.4959903050315426,
    ]);
    expect(Array.from({ length: 8 }, () => stream.int(1000))).toEqual([
      674, 883, 152, 343, 988, 678, 537, 623,
    ]);
    const more = new RandomStreams('seed').stream('golden', 'gpu-7');
    let sum = 0;
    for (let i = 0; i < 10_000; i++) sum += more.next();
    expect(sum).toBe(5033.690469254948);
  });

  test('next() has 53 bits: a multiple of 2^-53 in [0, 1) with its lowest bits in use', () => {
    const values = draws(RandomStream.named(1, 'bits'), 1000);
    expect(values.every((u) => u >= 0 && u < 1 && Number.isInteger(u * 2 ** 53))).toBe(true);
    const odd = values.filter((u) => (u * 2 ** 53) % 2 === 1).length;
    expect(odd).toBeGreaterThan(430);
    expect(odd).toBeLessThan(570);
  });

  test('nextOpen() skips an exact zero', () => {
    // The two outputs that make the first number come from the words s0 and s1 alone.
    const state = { s0: 0, s1: 0, s2: 0.5, c: 0 };
    const [zero, second] = draws(RandomStream.fromState(state), 2);
    expect(zero).toBe(0);
    expect(RandomStream.fromState(state).nextOpen()).toBe(second);
    expect(second).toBeGreaterThan(0);
  });

  test('int(n) is whole, within range and even, for small n, around 2^32 and up to 2^53', () => {
    const stream = RandomStream.named(1, 'int');
    const counts = new Int32Array(1000);
    for (let i = 0; i < 200_000; i++) counts[stream.int(1000)]!++;
    expect(Math.abs(zScore(chiSquare(counts, 200_000), 1000))).toBeLessThan(4);
    for (const n of [2 ** 31 + 1, 3 * 2 ** 30, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 3 * 2 ** 51, 2 ** 53]) {
      const thirds = [0, 0, 0];
      for (let i = 0; i < 30_000; i++) {
        const draw = stream.int(n);
        expect(Number.isInteger(draw) && draw >= 0 && draw < n).toBe(true);
        thirds[Math.min(2, Math.floor((draw / n) * 3))]!++;
      }
      // A draw modulo 3 * 2^30 without rejection would give the first third twice the chance.
      expect(chiSquare(thirds, 30_000)).toBeLessThan(20);
    }
    expect(stream.int(1)).toBe(0);
    for (const n of [0, -1, 1.5, 2 ** 53 + 2, Number.NaN]) expect(() => stream.int(n)).toThrow(`got ${n}`);
  });

  test('shuffle() makes every order of four elements equally likely, in arrays and typed arrays alike', () => {
    const stream = RandomStream.named(1, 'shuffle');
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const array = i % 2 === 0 ? [1, 2, 3, 4] : Uint8Array.of(1, 2, 3, 4);
      stream.shuffle(array);
      const key = array.join('');
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquare([...counts.values()], 24_000)).toBeLessThan(60); // 23 degrees of freedom: chance 4e-5
  });

  test('pick() takes each element now and then, and refuses an empty array', () => {
    const stream = RandomStream.named(1, 'pick');
    const picked = new Set(Array.from({ length: 100 }, () => stream.pick(['a', 'b', 'c'])));
    expect([...picked].toSorted()).toEqual(['a', 'b', 'c']);
    expect(() => stream.pick([])).toThrow(RangeError);
  });

  test('A stream restored from its state, by way of JSON, goes on the same after any number of draws', () => {
    fc.assert(
      fc.property(fc.nat(300), (count) => {
        const stream = RandomStream.named(3, 'state');
        draws(stream, count);
        const copy = RandomStream.fromState(JSON.parse(JSON.stringify(stream.state())));
        expect(copy.state()).toEqual(stream.state());
        expect(draws(copy, 200)).toEqual(draws(stream, 200));
        expect(copy.state()).toEqual(stream.state());
      }),
    );
  });
});

describe('statistics', () => {
  const N = 400_000;

  test('Within a stream, numbers, their low halves, pairs and triples are spread evenly', () => {
    const stream = RandomStream.named(1, 'spread');
    const [single, low, pairs, triples] = [1024, 1024, 4096, 4096].map((cells) => new Int32Array(cells));
    let [before, beforeThat] = [stream.next(), stream.next()];
    for (let i = 0; i < N; i++) {
      const u = stream.next();
      single![Math.floor(u * 1024)]!++;
      low![Math.floor(((u * 2 ** 27) % 1) * 1024)]!++;
      pairs![Math.floor(u * 64) * 64 + Math.floor(before * 64)]!++;
      triples![(Math.floor(u * 16) * 16 + Math.floor(before * 16)) * 16 + Math.floor(beforeThat * 16)]!++;
      [before, beforeThat] = [u, before];
    }
    for (const counts of [single!, low!, pairs!, triples!]) {
      expect(Math.abs(zScore(chiSquare(counts, N), counts.length))).toBeLessThan(4);
    }
  });

  test('Across streams of numbered entities, first numbers and their pairs with the neighbour are spread evenly', () => {
    const streams = new RandomStreams(1);
    const count = 100_000;
    const [single, pairs] = [new Int32Array(256), new Int32Array(1024)];
    const firsts = new Set<number>();
    let before = 0;
    for (let i = 0; i < count; i++) {
      const u = streams.once('service', i).next();
      single[Math.floor(u * 256)]!++;
      pairs[Math.floor(u * 32) * 32 + Math.floor(before * 32)]!++;
      firsts.add(Math.floor(u * 2 ** 32));
      before = u;
    }
    expect(Math.abs(zScore(chiSquare(single, count), 256))).toBeLessThan(4);
    expect(Math.abs(zScore(chiSquare(pairs, count), 1024))).toBeLessThan(4);
    // Of 100,000 numbers of 32 bits, 1.2 pairs are expected to be equal.
    expect(count - firsts.size).toBeLessThan(8);
  });

  test('Streams of neighbouring seeds and of different purposes are uncorrelated', () => {
    const n = 20_000;
    const base = draws(RandomStream.named(1, 'arrivals'), n);
    const others = [
      RandomStream.named(2, 'arrivals'),
      RandomStream.named(1, 'services'),
      RandomStream.named(1, 'arrivals', 0),
    ];
    for (const other of others) {
      let sum = 0;
      for (const u of base) sum += (u - 0.5) * (other.next() - 0.5);
      expect(Math.abs(sum / n) * 12 * Math.sqrt(n)).toBeLessThan(4);
    }
  });

  test('Birthday spacings repeat as often as chance has it (Marsaglia)', () => {
    // 512 birthdays in a year of 2^24 days: the number of equal spacings is Poisson with mean 512^3 / (4 * 2^24) = 2.
    const stream = RandomStream.named(1, 'birthdays');
    const rounds = 500;
    let repeats = 0;
    for (let round = 0; round < rounds; round++) {
      const days = Float64Array.from({ length: 512 }, () => stream.int(2 ** 24)).sort();
      const spacings = Float64Array.from(days, (day, i) => day - (i === 0 ? 0 : days[i - 1]!)).sort();
      for (let i = 1; i < 512; i++) if (spacings[i] === spacings[i - 1]) repeats++;
    }
    expect(Math.abs(repeats - 2 * rounds) / Math.sqrt(2 * rounds)).toBeLessThan(4);
  });
});

test('The generator takes no entropy: its file asks for no module and no clock once a seed is given', () => {
  const file = createRequire(import.meta.url).resolve('seedrandom/lib/alea.js');
  const code = readFileSync(file, 'utf8');
  expect(code).not.toMatch(/require\(|import |crypto|Math\.random|Date/);
});
