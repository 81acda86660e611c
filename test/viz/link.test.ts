import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COLOURINGS, FIRST_STATE, THEMES, VIEWS } from '../../viz/state/app-state.ts';
import { type Linked, linkOf, readLink } from '../../viz/state/link.ts';

/** Texts that links have trouble with are common. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', 'a&b=c', '#', '100 %', 'a+b', '<b>x</b>', 'ü 名', '-', 'a%20b', '\n'),
);
const whole = fc.oneof(
  fc.nat(20),
  fc.nat({ max: 9e15 }),
  fc.constantFrom(999_999, 1e6, 9e15, 1, 10, 100_000),
);
const number = fc.nat({ max: 1e9 });
const selection: fc.Arbitrary<Linked['selection']> = fc.oneof(
  fc.constant({ kind: 'none' } as const),
  number.map((host) => ({ kind: 'host', host }) as const),
  number.map((gpu) => ({ kind: 'gpu', gpu }) as const),
  fc.tuple(number, text).map(([job, name]) => ({ kind: 'job', number: job, name }) as const),
);
const brush: fc.Arbitrary<Linked['brush']> = fc
  .tuple(whole, whole)
  .map(([a, b]) => (a === b ? null : ([Math.min(a, b), Math.max(a, b)] as const)));
const linked: fc.Arbitrary<Linked> = fc.record({
  view: fc.constantFrom(...VIEWS),
  atUs: whole,
  selection,
  colouring: fc.constantFrom(...COLOURINGS),
  brush,
  filter: fc.record({ text, tenant: text, label: text, phase: text }),
  theme: fc.constantFrom(...THEMES),
  sweep: fc.dictionary(
    fc.constantFrom('metrics', 'range.set:fleet.hosts[0].count', 'sort', 'a&b=c', '#'),
    fc.oneof(text, fc.constant('cost.perMonth,wait.mean')).filter((each) => each !== ''),
  ),
});

/** A lone half of a character cannot be part of an address: it comes back as the sign for an unknown one. */
const wellFormed = (state: Linked): Linked =>
  JSON.parse(JSON.stringify(state), (_, value) =>
    typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : value,
  ) as Linked;

test('a link carries all of the state that it names, to the microsecond, and back', () => {
  fc.assert(
    fc.property(linked, (state) => {
      const address = new URL('http://127.0.0.1/');
      // As a browser keeps it.
      address.hash = linkOf(state);
      expect(readLink(address.hash)).toEqual(wellFormed(state));
    }),
  );
});

test('the first state has an empty link, and an empty link is the first state', () => {
  expect(linkOf(FIRST_STATE)).toBe('');
  const { isPlaying: _, speed: __, ...rest } = FIRST_STATE;
  expect(rest).toMatchObject({ ...readLink('') });
});

test('a link reads as people would write it', () => {
  expect(
    readLink('#view=fleet&t=86400.5&gpu=3&colour=wait&span=0-3600&tenant=lab&class=big&theme=dark'),
  ).toEqual({
    view: 'fleet',
    atUs: 86_400_500_000,
    selection: { kind: 'gpu', gpu: 3 },
    colouring: 'wait',
    brush: [0, 3_600_000_000],
    filter: { text: '', tenant: 'lab', label: 'big', phase: '' },
    theme: 'dark',
    sweep: {},
  });
});

test('a link that was not written by the page never gives anything but a state', () => {
  const words = fc.constantFrom('view', 't', 'gpu', 'host', 'job', 'name', 'span', 'colour', 'theme', 'text');
  const value = fc.oneof(
    text,
    fc.constantFrom(
      '-1',
      '1e400',
      'NaN',
      'Infinity',
      '9'.repeat(40),
      '1-',
      '5-1',
      '-',
      '__proto__',
      '0x10',
      '1.5',
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(words, value)), (pairs) => {
      const state = readLink(new URLSearchParams(pairs as [string, string][]).toString());
      expect(VIEWS).toContain(state.view);
      expect(COLOURINGS).toContain(state.colouring);
      expect(THEMES).toContain(state.theme);
      const times = [state.atUs, ...(state.brush ?? [])];
      const places = Object.values(state.selection).filter((each) => typeof each === 'number');
      for (const each of [...times, ...places]) expect(Number.isSafeInteger(each) && each >= 0).toBe(true);
      if (state.brush !== null) expect(state.brush[0]).toBeLessThan(state.brush[1]);
      expect(readLink(linkOf(state))).toEqual(wellFormed(state));
    }),
  );
});
