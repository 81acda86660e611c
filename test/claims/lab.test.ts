import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding, Verdict } from '../../bench/claims/claim.ts';
import { breakpoint, foundDifference, Lab } from '../../bench/claims/lab.ts';
import { foundText, verdictOf } from '../../bench/claims/render.ts';
import { UsageError } from '../../cli/errors.ts';
import { loadScenario } from '../../cli/load-scenario.ts';

test('a breakpoint is where a line crosses the level, rising or falling, to half of the last step', () => {
  const line = fc.record({
    cross: fc.double({ min: 0.01, max: 9.99, noNaN: true }),
    slope: fc.constantFrom(-3, -0.1, 0.1, 3),
  });
  fc.assert(
    fc.property(line, ({ cross, slope }) => {
      const found = breakpoint(0, 10, 5, 10, (x) => 5 + slope * (x - cross));
      expect(Math.abs((found ?? Number.NaN) - cross)).toBeLessThanOrEqual(10 / 2 ** 11 + 1e-9);
    }),
  );
});

test('there is no breakpoint where both ends lie on one side', () => {
  expect(breakpoint(0, 1, 5, 10, (x) => x)).toBeNull();
  expect(breakpoint(0, 1, -5, 10, (x) => x)).toBeNull();
});

test('a claim is as its worst part that is modelled', () => {
  const of = (...verdicts: Verdict[]) =>
    verdictOf({
      parts: verdicts.map((verdict) => ({ claimed: '', found: [], verdict, reason: '' })),
      assumptions: [],
      leftOut: [],
    } satisfies Finding);
  expect(of('consistent', 'only if', 'not reachable')).toBe('not reachable');
  expect(of('consistent', 'only if', 'not modelled')).toBe('only if');
  expect(of('not modelled', 'consistent')).toBe('consistent');
  expect(of('not modelled')).toBe('not modelled');
});

test.each([
  [{ what: 'use', value: 0.4268, ci95: [0.4, 0.45123], unit: 'fraction' }, 'use: 42.7 % (40.0 to 45.1)'],
  [
    { what: 'the same in every run', value: 3.2, ci95: [3.2, 3.2], unit: 'USD/h' },
    'the same in every run: 3.200 USD/h',
  ],
  [{ what: 'at once', value: 0, unit: 'seconds' }, 'at once: 0 s'],
  [{ what: 'cards', value: 17, unit: 'GPU' }, 'cards: 17 GPU'],
  [{ what: 'frame', value: 0.0342, unit: 'seconds' }, 'frame: 34.2 ms'],
  [{ what: 'job', value: 259_200, unit: 'seconds' }, 'job: 72.0 h'],
  [{ what: 'saved', value: 33_681.4, unit: 'USD' }, 'saved: 33,681 USD'],
  [
    { what: 'shorter by', value: -1122, ci95: [-1542, -702], unit: 'seconds' },
    'shorter by: -18.7 min (-25.7 to -11.7)',
  ],
] as const)('a number is told in the unit that people read: %j', (found, text) => {
  expect(foundText(found)).toBe(text);
});

test('before and after meet the same seeds, so that a change without effect differs by exactly nothing', () => {
  const lab = new Lab();
  const before = lab.run('claims/c06', { replications: 2 });
  const after = lab.run('claims/c06', { variant: 'subscription', replications: 2 });
  expect(foundDifference('', before, after, 'completion.mean', 'seconds')).toEqual({
    what: '',
    value: 0,
    ci95: [0, 0],
    unit: 'seconds',
  });
  expect(after.mean('cost.perMonth')).toBeGreaterThan(before.mean('cost.perMonth'));
});

test('a setting is laid over the variant, and the same question runs once', () => {
  const lab = new Lab();
  const ask = { variant: 'two', set: ['workload.sessions.player.users=3'], replications: 1 };
  const runs = lab.run('claims/c03-frames', ask);
  expect(runs.mean('session.player.on.mean')).toBe(3);
  expect(lab.run('claims/c03-frames', ask)).toBe(runs);
});

test('unknown variants, metrics and parts of the fleet are said by name', () => {
  const lab = new Lab();
  expect(() => lab.run('claims/c06', { variant: 'none' })).toThrow('has no variant none');
  const runs = lab.run('claims/c06', { replications: 1 });
  expect(() => runs.mean('nothing')).toThrow('no such metric');
  expect(() => runs.foundIn('pool', 'nowhere', '', 'gpu.allocated.mean', 'fraction')).toThrow('pool nowhere');
});

test('scenarios of a folder of the catalogue are found by folder and name', () => {
  expect(loadScenario('claims/c06').scenario.name).toBe('c06');
  for (const wrong of ['c06', 'claims/none', '../catalog/claims/c06', 'claims']) {
    expect(() => loadScenario(wrong), wrong).toThrow(UsageError);
  }
});
