import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalizeScenario, summarize } from '../../sim/index.ts';
import { entitlementOverTime } from '../../sim/licences/index.ts';
import { guardOf } from '../queueing/pool-run.ts';
import { guest, pool, runLicensed, type Told } from './desks.ts';
import { guests, guestsDocument, reading, run } from './scenario.ts';

/** Lease of 1000 s, renewed each 100 s; half speed from 300 s without a licence on. */
const at = (told: readonly Told[], sec: number) => told.findLast((level) => level.at <= sec)!;
const stepsOf = (...steps: readonly (readonly [sec: number, entitled: number, lapsed: number])[]) =>
  steps.map(([sec, entitled, lapsed]) => ({ atUs: sec * 1e6, entitled, lapsed }));

describe('What there is over time', () => {
  const term = { seats: 3, fromUs: 10, termUs: 100, renewals: 1, gapUs: 0 };

  test('a subscription that is renewed in time does not lapse between its terms', () => {
    expect(entitlementOverTime(2, [term])).toEqual([
      { atUs: 0, entitled: 2, lapsed: 0 },
      { atUs: 10, entitled: 5, lapsed: 0 },
      { atUs: 210, entitled: 2, lapsed: 3 },
    ]);
  });

  test('one that is renewed late does', () => {
    expect(entitlementOverTime(0, [{ ...term, fromUs: 0, gapUs: 7 }])).toEqual([
      { atUs: 0, entitled: 3, lapsed: 0 },
      { atUs: 100, entitled: 0, lapsed: 3 },
      { atUs: 107, entitled: 3, lapsed: 0 },
      { atUs: 207, entitled: 0, lapsed: 3 },
    ]);
  });

  test('at every instant it is what the terms that last come to', () => {
    const some = fc.record({
      seats: fc.integer({ min: 1, max: 4 }),
      fromUs: fc.nat(20),
      termUs: fc.option(fc.integer({ min: 1, max: 20 })),
      renewals: fc.nat(3),
      gapUs: fc.nat(5),
    });
    fc.assert(
      fc.property(fc.nat(3), fc.array(some, { maxLength: 4 }), (perpetual, all) => {
        const steps = entitlementOverTime(perpetual, all);
        for (let now = 0; now < 120; now++) {
          let expected = perpetual;
          for (const { seats, fromUs, termUs, renewals, gapUs } of all) {
            if (now < fromUs) continue;
            const length = termUs === null ? 0 : termUs + gapUs;
            const number = length === 0 ? 0 : Math.floor((now - fromUs) / length);
            const isOn = termUs === null || (number <= renewals && (now - fromUs) % length < termUs);
            if (isOn) expected += seats;
          }
          expect(steps.findLast(({ atUs }) => atUs <= now)?.entitled).toBe(expected);
        }
      }),
    );
  });
});

describe('When a subscription lapses', () => {
  test('the lease that was had last is not renewed, and its client is restricted after its end', () => {
    const { told, story, expired } = runLicensed({
      jobs: [guest('a', 0, 5000), guest('b', 50, 3000)],
      pools: [pool({ steps: stepsOf([0, 2, 0], [420, 1, 1]) })],
      restrictions: [{ afterUs: 300e6, fps: null, compute: 0.5 }],
    });
    // b renewed at 350 s last and has it until 1350 s: more are out than there are. Half speed from 1650 s on.
    expect(at(told, 1349)).toMatchObject({ inUse: 2, needed: 2, lacking: { lapse: 0 } });
    expect(at(told, 1350)).toMatchObject({ inUse: 1, needed: 2, lacking: { lapse: 1, growth: 0 } });
    expect(story('b').end).toBeCloseTo(1650 + (3050 - 1650) * 2, 6);
    expect(story('a').end).toBe(5000);
    expect(expired).toBe(1);
  });

  test('a late renewal gives it back, and what is lacked beyond is growth', () => {
    const { told, story } = runLicensed({
      jobs: [guest('a', 0, 5000), guest('b', 50, 3000), guest('c', 2000, 100)],
      pools: [pool({ steps: stepsOf([0, 2, 0], [420, 1, 1], [2500, 2, 0]) })],
      restrictions: [{ afterUs: 300e6, fps: null, compute: 0.5 }],
    });
    expect(at(told, 2000)).toMatchObject({ lacking: { lapse: 1, growth: 1 } });
    expect(at(told, 2500)).toMatchObject({ inUse: 2, lacking: { lapse: 0, growth: 0 } });
    // b: full speed until 1650 s, half until 2500 s, full from then on.
    expect(story('b').end).toBeCloseTo(2500 + (3050 - 1650) - (2500 - 1650) / 2, 6);
  });

  test('nobody loses anything if others give theirs back before', () => {
    const { expired, story } = runLicensed({
      jobs: [guest('a', 0, 1000), guest('b', 50, 3000)],
      pools: [pool({ steps: stepsOf([0, 2, 0], [420, 1, 1]) })],
    });
    expect(expired).toBe(0);
    expect(story('b').end).toBe(3050);
  });

  test('who must have one waits until there are some, and the run ends when all are done', () => {
    const { story, told } = runLicensed({
      jobs: [guest('a', 10, 100), guest('b', 20, 100)],
      pools: [pool({ whenNone: 'wait', steps: stepsOf([0, 0, 0], [500, 1, 0], [90_000, 5, 0]) })],
    });
    expect(story('a').starts[0]?.at).toBe(500);
    expect(story('b').starts[0]?.at).toBe(600);
    expect(told.at(-1)?.at).toBe(700);
  });

  test('a conservative plan promises no licence that will have lapsed', () => {
    const two = (name: string, sec: number, runs: number) => ({ ...guest(name, sec, runs), workers: [1, 1] });
    const { story } = runLicensed({
      jobs: [guest('a', 0, 100), two('pair', 10, 50), guest('c', 20, 200)],
      pools: [pool({ whenNone: 'wait', steps: stepsOf([0, 2, 0], [120, 1, 1], [300, 2, 0]) })],
      rules: { fill: 'conservative' },
      guard: guardOf('conservative'),
    });
    // From 100 s there would be two for 20 s only: so the pair is promised 300 s, and c is in nobody's way before.
    expect(story('c').starts[0]?.at).toBe(20);
    expect(story('pair').starts[0]?.at).toBe(300);
  });
});

describe('A scenario with subscriptions', () => {
  const licences = (more: object) => ({ pools: [{ name: 'vws', edition: 'vws', entitled: 1, ...more }] });
  const experiment = { kind: 'timed', horizon: '100h' };

  test('comes back from its canonical form as it was, and reports what cannot be', () => {
    const written = licences({
      subscriptions: [{ seats: 3, from: '90m', term: '30h', gap: '2h' }, { seats: 1 }],
    });
    const first = normalizeScenario(guestsDocument({ licences: written, experiment }));
    if (!first.ok) throw new Error(JSON.stringify(first.problems));
    const again = normalizeScenario(first.document);
    if (!again.ok) throw new Error(JSON.stringify(again.problems));
    expect(again.scenario).toEqual(first.scenario);
    const wrong = normalizeScenario(
      guestsDocument({ licences: licences({ subscriptions: [{ seats: 1, renewals: 2 }] }), experiment }),
    );
    expect(wrong.ok ? [] : wrong.problems.map(({ path }) => path)).toEqual([
      'licences.pools[0].subscriptions[0].renewals',
    ]);
  });

  test('is told when more were needed than there were, and why', () => {
    const scenario = guests({
      licences: licences({ subscriptions: [{ seats: 50, term: '40h' }], lease: '1h', renewal: '10m' }),
      experiment,
    });
    const found = run(scenario);
    expect(reading(found, 'licences.vws.entitled')).toBeCloseTo(1 + 50 * 0.4, 9);
    expect(reading(found, 'licences.vws.unlicensed.growth')).toBe(0);
    expect(reading(found, 'licences.vws.unlicensed.lapse')).toBeGreaterThan(20);
    const [row] = summarize([found]).licences ?? [];
    expect(row).toMatchObject({ entitled: 51, cause: 'lapse' });
    expect(row?.overUse?.length).toBeGreaterThan(0);
    expect(row?.overUse?.every(({ fromSeconds }) => fromSeconds >= 40 * 3600)).toBe(true);
    const hours = row!.overUse!.reduce((sum, each) => sum + each.untilSeconds - each.fromSeconds, 0) / 3600;
    expect(hours).toBeLessThanOrEqual(60);
    // Until leases have ended more are out than there are, which is over-use and nobody runs without.
    expect(reading(found, 'licences.vws.overUse')).toBeGreaterThan(
      reading(found, 'licences.vws.unlicensed.lapse'),
    );
  });
});
