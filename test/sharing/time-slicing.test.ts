import { describe, expect, test } from 'vitest';
import { type ConfigOf, isRefusal, Residents, sharingMode } from '../../sim/sharing/index.ts';
import { TIME_SLICE_PARAMETER } from '../../sim/sharing/modes/time-slicing.ts';
import { cardBeyondCatalogue, cardOf, figures } from '../contract/examples.ts';
import { speedsOf } from '../contract/residents.ts';
import { namedOf, partOf, put, ruleOf, run, times, wholeOf } from './asks-for-tests.ts';
import { nosLatency } from './nos-rows.ts';

const mode = sharingMode('time-slicing');
const A100 = cardOf('a100-sxm4-80gb');

function config(
  replicas: number,
  profile: string | null = null,
  failRequestsGreaterThanOne = false,
): ConfigOf<'time-slicing'> {
  return { mode: 'time-slicing', replicas, failRequestsGreaterThanOne, profile };
}

const open = (options: ConfigOf<'time-slicing'>, card = A100, stated: Record<string, number> = {}) =>
  mode.createCard(options, card, figures(stated));

describe('replicas', () => {
  test('one goes to each pod that asks for a GPU, whole or not, until all are in use', () => {
    const card = open(config(4));
    const slots = [wholeOf(), partOf(0, 0), partOf(250, 1000), namedOf('replica')].map((ask) =>
      put(card, ask),
    );
    expect(slots.map((slot) => slot.label)).toEqual(times(4, 'replica'));
    expect(ruleOf(card, wholeOf())).toBe('replica-none-free');
    card.release(slots[1]!);
    expect(ruleOf(card, wholeOf())).toBe('fits');
  });

  test.each([2, 3, 7, 48, 999])(
    'of %i replicas all together are all of the card in the books',
    (replicas) => {
      const card = open(config(replicas));
      const slots = times(replicas, wholeOf()).map((ask) => put(card, ask));
      const milli = () => card.slots.reduce((sum, slot) => sum + slot.milli, 0);
      expect(milli()).toBe(1000);
      // Whoever goes and comes again: full is full.
      for (const at of new Set([0, replicas >> 1, replicas - 1])) card.release(slots[at]!);
      while (ruleOf(card, wholeOf()) === 'fits') put(card, wholeOf());
      expect(card.slots.length).toBe(replicas);
      expect(milli()).toBe(1000);
    },
  );

  test('a pod that asks for more than one gets them and gains nothing but fewer neighbours', () => {
    const greedy = open(config(4));
    const [two, one] = run(greedy, [partOf(500, 0), partOf(250, 0)]);
    expect(greedy.slots.map((slot) => slot.milli)).toEqual([500, 250]);
    expect(two).toBe(one);
    expect(ruleOf(greedy, partOf(500, 0))).toBe('replica-none-free');
  });

  test('asking for more than one is refused where the plugin is told so', () => {
    const strict = open(config(4, null, true));
    expect(ruleOf(strict, partOf(500, 0))).toBe('replica-more-than-one');
    expect(ruleOf(strict, { ...namedOf('replica'), count: 2 })).toBe('replica-more-than-one');
    expect(ruleOf(strict, partOf(250, 0))).toBe('fits');
  });

  test('options that cannot be are named', () => {
    const keys = (options: ConfigOf<'time-slicing'>, card = A100) =>
      mode.check(options, card).map((problem) => problem.key);
    expect(keys(config(1))).toEqual(['replicas']);
    expect(keys(config(2.5))).toEqual(['replicas']);
    expect(keys(config(2, '9g.80gb'))).toEqual(['profile']);
    expect(keys(config(2, '3g.40gb@4'))).toEqual(['profile']);
    expect(keys(config(2, '1c.3g.40gb'))).toEqual(['profile']);
    expect(keys(config(2, '1g.10gb'), cardOf('t4'))).toEqual(['profile']);
    expect(keys(config(2), cardBeyondCatalogue('some GPU', 8192))).toEqual([]);
    expect(keys(config(7, '1g'))).toEqual([]);
  });
});

describe('memory', () => {
  test('is not set aside: the allocation of whoever goes beyond the card fails, idle tenants included', () => {
    const card = open(config(4));
    const residents = new Residents();
    const ask = partOf(0, 0, { memoryMib: 30_000 });
    const join = (isActive: boolean) => {
      residents.join(put(card, ask), ask.use, isActive);
      return card.overflows(residents, ask.use);
    };
    expect(join(false)).toBe(false);
    expect(join(true)).toBe(false);
    expect(join(true)).toBe(true);
    residents.leave(0);
    expect(card.overflows(residents, ask.use)).toBe(false);
  });

  test('of a MIG instance is the limit for the tenants of that instance alone', () => {
    const card = open(config(2, '1g.10gb'));
    const residents = new Residents();
    const ask = wholeOf({ memoryMib: 6000 });
    const fails = times(14, ask).map((each) => {
      residents.join(put(card, each), each.use, true);
      return card.overflows(residents, each.use);
    });
    expect(fails).toEqual([...times(7, false), ...times(7, true)]);
    expect(ruleOf(open(config(2, '1g.10gb')), partOf(0, 12_000))).toBe('memory-too-large');
  });
});

describe('MIG instances', () => {
  test('are as many as the driver gets onto the card, and fill evenly', () => {
    const card = open(config(2, '2g.20gb'));
    const starts = times(6, wholeOf()).map((ask) => put(card, ask).start);
    expect(starts).toEqual([0, 2, 4, 0, 2, 4]);
    expect(ruleOf(card, wholeOf())).toBe('replica-none-free');
    // Three of them are six of seven slices: the seventh belongs to nobody.
    expect(card.slots.reduce((sum, slot) => sum + slot.milli, 0)).toBe(857);
    expect(card.strandedMilli()).toBe(143);
  });

  test('are known by the profile, by any of its names, and by nothing else', () => {
    const card = open(config(2, '3g.40gb'));
    for (const name of ['3g.40gb', '3g', 'nvidia.com/mig-3g.40gb', 'replica']) {
      expect(ruleOf(card, namedOf(name)), name).toBe('fits');
    }
    for (const name of ['1g.10gb', '3g.40gb@0', '1c.3g.40gb', 'whole']) {
      expect(ruleOf(card, namedOf(name)), name).toBe('unknown-profile');
    }
    expect(ruleOf(card, partOf(215, 0))).toBe('no-profile-large-enough');
    expect(ruleOf(card, namedOf('3g', { speedByProfile: { '3g.40gb': null } }))).toBe('mig-out-of-memory');
  });

  test('divide their time among their own tenants, who feel other instances only a little', () => {
    const job = wholeOf({ workload: 'hpc' });
    const quiet = { 'time-slicing.mig-neighbours': 0 };
    const lone = run(open(config(2, '3g.40gb')), [job])[0]!;
    // Two of the four 3g jobs sit on each of the two instances.
    const four = run(open(config(2, '3g.40gb'), A100, quiet), times(4, job));
    for (const speed of four) expect(speed).toBeCloseTo(lone * 0.45, 12);
    const two = run(open(config(2, '3g.40gb')), times(2, job));
    for (const speed of two) expect(speed).toBeCloseTo(lone * 0.99, 12);
    // 42 of 108 SMs, linear for work without a table.
    expect(lone).toBeCloseTo(42 / 108, 12);
  });

  test('run a job at the speed that it states for the profile', () => {
    const job = (share: number) => wholeOf({ speedByProfile: { '1g.10gb': share } });
    expect(run(open(config(2, '1g.10gb')), [job(0.257)])[0]).toBeCloseTo(0.257, 12);
  });
});

describe('time', () => {
  test('is divided by processes', () => {
    const [one, two] = run(open(config(4), A100, { 'time-slicing.together': 0.9 }), [
      wholeOf(),
      wholeOf({ processes: 2 }),
    ]);
    expect(one).toBeCloseTo(0.3, 12);
    expect(two).toBeCloseTo(0.6, 12);
  });

  test('costs nothing alone, and nothing as long as all get what they need', () => {
    expect(run(open(config(4)), [wholeOf()])).toEqual([1]);
    expect(run(open(config(4)), times(3, wholeOf({ busy: 0.3 })))).toEqual([1, 1, 1]);
    const [light, heavy] = run(open(config(4)), [wholeOf({ busy: 0.2 }), wholeOf()]);
    expect(light).toBe(1);
    expect(heavy).toBeCloseTo(0.7, 12);
  });

  test('is not lost to idle tenants', () => {
    const card = open(config(3));
    const settled = times(3, wholeOf()).map((ask, i) => ({
      slot: put(card, ask),
      use: ask.use,
      isActive: i === 1,
    }));
    expect(speedsOf(card, settled)).toEqual([0, 1, 0]);
  });

  test('comes in turns of about two milliseconds', () => {
    const slice = mode.parameters.find((parameter) => parameter.id === TIME_SLICE_PARAMETER)!;
    expect([slice.low, slice.typical, slice.high, slice.unit]).toEqual([1, 2, 2.3, 'milliseconds']);
  });

  test('one constant from 3 pods gives the measured latency of 5 and of 7 within 3 %', () => {
    const together = (3 * nosLatency('TS-1', 1)) / nosLatency('TS-1', 3);
    const errors = [5, 7].map((pods) => {
      const speeds = run(
        open(config(8), A100, { 'time-slicing.together': together }),
        times(pods, wholeOf()),
      );
      return nosLatency('TS-1', 1) / speeds[0]! / nosLatency('TS-1', pods) - 1;
    });
    for (const error of errors) expect(Math.abs(error)).toBeLessThan(0.03);
    // It is far better than that: a wrong constant or a wrong formula shows.
    expect(errors.map((error) => Math.round(error * 1e4) / 1e4)).toEqual([-0.0008, -0.0013]);
    // And the typical value, which comes from these rows, is that constant.
    expect(figures().get('time-slicing.together')).toBeCloseTo(together, 2);
  });
});

test('the link is divided where it is too narrow', () => {
  const narrow = { ...A100, linkBytesPerSec: 10e9 };
  const busy = { busy: 0.4, linkBytesPerSec: 8e9 };
  const speeds = run(open(config(4), narrow), [wholeOf(busy), wholeOf(busy), wholeOf({ busy: 0.1 })]);
  expect(speeds[0]).toBeCloseTo(5 / 8, 12);
  expect(speeds[1]).toBeCloseTo(5 / 8, 12);
  expect(speeds[2]).toBe(1);
});

test('starting takes the context alone where the process is warm, and the image and weights where it is cold', () => {
  const paths = mode.operations(config(2), A100);
  const steps = (path: string) =>
    paths
      .find((each) => each.operation === 'start' && each.path === path)
      ?.steps.map((step) => step.parameter);
  expect(steps('warm')).toEqual(['time-slicing.context']);
  expect(steps('cached')).toEqual(['time-slicing.weights', 'time-slicing.graph-capture']);
  expect(steps('cold')).toEqual([
    'time-slicing.image-pull',
    'time-slicing.weights',
    'time-slicing.graph-capture',
  ]);
});

test('an undivided card has no profile but its replicas', () => {
  const answer = open(config(2)).admit(namedOf('1g.10gb'));
  expect(isRefusal(answer) && answer.refused).toBe('unknown-profile');
});
