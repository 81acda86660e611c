import { describe, expect, test } from 'vitest';
import { replicate } from '../../sim/experiment/replicate.ts';
import { normalizeScenario } from '../../sim/scenario/index.ts';
import { normalized, problemsOf } from '../scenario/problems-of.ts';

const GROUP = { name: 'cloud', hosts: 'cloud', boot: '90s', out: { jobs: 1 } };

const document = (elastic: object | null, more: object = {}) => ({
  apiVersion: 'slicewise/v1',
  name: 'elastic',
  fleet: {
    hosts: [
      { name: 'own', count: 2, cpu: 8, memory: '8GiB', gpus: { model: 'L4', count: 1 } },
      { name: 'cloud', count: 3, cpu: 8, memory: '8GiB', gpus: { model: 'L4', count: 1 } },
    ],
  },
  workload: {
    synthetic: {
      tasks: 60,
      arrivals: { process: 'poisson', rate: '30/h' },
      classes: [
        { name: 'c', cpu: 1, memory: '1GiB', gpus: 1, lifetime: { kind: 'exponential', mean: '10m' } },
      ],
    },
  },
  policy: { pools: [{ name: 'sky', hosts: ['cloud'] }] },
  elastic,
  experiment: { kind: 'timed', horizon: '1d' },
  ...more,
});

describe('the section elastic of a scenario', () => {
  test('has defaults for what is not said, and its canonical form is a fixed point', () => {
    const { document: canonical } = normalized(
      document({
        expansions: [{ at: '60m', hosts: 'own-0001' }],
        groups: [
          {
            ...GROUP,
            in: { allocated: 0.3 },
            out: { allocated: '85%' },
            price: { instance: { provider: 'AWS', name: 'g6.xlarge' } },
            spot: { log: [{ at: '2h' }], notice: '120s', back: { kind: 'exponential', mean: '1h' } },
          },
        ],
        bursts: [{ to: 'sky', jobs: 5 }],
      }),
    );
    expect(canonical.elastic).toEqual({
      expansions: [{ at: '1h', hosts: ['own-0001'] }],
      removals: [],
      groups: [
        {
          name: 'cloud',
          hosts: ['cloud'],
          min: 0,
          max: null,
          start: 0,
          boot: { kind: 'constant', value: '90s' },
          out: {
            jobs: null,
            gpus: null,
            waited: null,
            allocated: '85%',
            window: '5m',
            by: null,
            cooldown: '0s',
          },
          in: {
            idle: '10m',
            allocated: '30%',
            window: '10m',
            cooldown: '0s',
            running: 'wait',
            migrate: null,
          },
          minLife: '0s',
          week: [],
          price: {
            instance: { provider: 'AWS', name: 'g6.xlarge' },
            every: '1s',
            minimum: '1m',
            boot: false,
            cap: null,
          },
          spot: {
            every: null,
            log: [{ at: '2h', hosts: 1 }],
            notice: '2m',
            back: { kind: 'exponential', mean: '1h' },
          },
        },
      ],
      bursts: [{ from: 'default', to: 'sky', waited: null, jobs: 5, classes: null }],
    });
    expect(problemsOf(canonical)).toEqual([]);
    const again = normalizeScenario(canonical);
    expect(again.ok && again.document).toEqual(canonical);
  });

  test('an instance costs what the price facts say', () => {
    const { scenario } = normalized(
      document({ groups: [{ ...GROUP, price: { instance: { provider: 'AWS', name: 'g6.xlarge' } } }] }),
    );
    expect(scenario.elastic?.groups[0]?.price?.perHour).toBe(0.8048);
  });

  test('tells everything that is wrong at once', () => {
    const problems = problemsOf(
      document(
        {
          expansions: [{ at: '1h', hosts: 'cloud-0000' }],
          removals: [{ at: '2h', hosts: 'onw', running: 'migrate' }],
          groups: [
            {
              ...GROUP,
              min: 2,
              max: 1,
              start: 4,
              out: { allocated: 0.5 },
              in: { allocated: 0.6 },
              week: [{ from: '20h', to: '6h', hosts: 1 }],
              price: { perHour: 1, instance: { provider: 'AWS', name: 'g6.xlrage' } },
              spot: { notice: '2m' },
            },
            { name: 'both', hosts: ['own', 'cloud'] },
          ],
          bursts: [
            { to: 'default', classes: ['d'] },
            { to: 'sun', waited: '1m' },
          ],
        },
        { experiment: { kind: 'timed' } },
      ),
    );
    for (const part of [
      'experiment.horizon: is missing',
      'elastic.expansions[0].hosts: must be hosts of no group, got "cloud-0000" of "both"',
      'elastic.removals[0].migrate: is missing',
      'elastic.removals[0].hosts: must be a host group or a host of the fleet, got "onw" (did you mean "own"?',
      'elastic.groups[0].max: must be at least min (2), got 1',
      'elastic.groups[0].start: must be at most max (1), got 4',
      'elastic.groups[0].start: must be at most the number of its hosts (3), got 4',
      'elastic.groups[0].in.allocated: must be less than out.allocated (0.5), got 0.6',
      'elastic.groups[0].week[0].to: must be after from (20h), got 6h',
      'must be an instance type with a price, got "g6.xlrage" (did you mean "g6.xlarge"?',
      'elastic.groups[0].spot',
      'elastic.groups[1].hosts: must be of one pool, got hosts of "default" and "sky"',
      'elastic.groups[1].hosts: must be hosts of no other group, got "cloud-0000" of "cloud"',
      'elastic.bursts[0].to: must be another pool than from',
      'elastic.bursts[0]: needs waited or jobs',
      'elastic.bursts[0].classes[0]: must be a class of the workload, got "d"',
      'elastic.bursts[1].to: must be a pool of the policy, got "sun"',
    ]) {
      expect(
        problems.some((problem) => problem.includes(part)),
        `${part}\n${problems.join('\n')}`,
      ).toBe(true);
    }
  });

  test('has no hosts that leave and come back without end at one instant', () => {
    const of = (rule: object, more: object = {}) =>
      problemsOf(
        document({
          groups: [{ ...GROUP, ...more, in: { allocated: 0.4, window: '0s', running: 'preempt', ...rule } }],
        }),
      );
    expect(of({})).toEqual([
      expect.stringContaining('elastic.groups[0].in.window: must be above 0s where running is preempt'),
    ]);
    expect(of({ window: '1s' })).toEqual([]);
    expect(of({ running: 'wait' })).toEqual([]);
    expect(of({}, { minLife: '1s' })).toEqual([]);
  });

  test('needs time', () => {
    const lines = problemsOf(
      document({ groups: [GROUP] }, { experiment: { kind: 'fill', order: 'shuffle' } }),
    );
    expect(lines.some((each) => each.startsWith('elastic: needs a timed experiment'))).toBe(true);
  });
});

describe('a scenario with hosts that come and go', () => {
  const run = (elastic: object | null, seed = 3) =>
    replicate(normalized(document(elastic)).scenario, {}, seed);
  const value = (of: ReturnType<typeof run>, name: string) => new Map(of.readings).get(name)?.value;

  test('runs the same again, and reports hosts and money', () => {
    const elastic = {
      groups: [
        {
          ...GROUP,
          boot: { kind: 'uniform', min: '60s', max: '120s' },
          in: { idle: '5m' },
          price: { perHour: 0.9, minimum: '0s' },
          spot: { every: '30m', notice: '30s', back: '5m' },
        },
      ],
      bursts: [{ to: 'sky', waited: '1m' }],
    };
    const first = run(elastic);
    expect(run(elastic).digest).toBe(first.digest);
    expect(value(first, 'elastic.cloud.starts')).toBeGreaterThan(0);
    expect(value(first, 'elastic.burst.default-sky.sent')).toBeGreaterThan(0);
    const hours = value(first, 'elastic.cloud.hostHours') as number;
    const paid = value(first, 'elastic.cost') as number;
    // Rounded up to a second for each stay.
    expect(paid).toBeGreaterThanOrEqual(hours * 0.9);
    expect(paid).toBeLessThan(hours * 0.9 + (value(first, 'elastic.cloud.asked') as number) * (0.9 / 3600));
    const boot = value(first, 'elastic.cloud.boot.mean') as number;
    expect(boot > 60 && boot < 120).toBe(true);
    expect(value(first, 'jobs.waiting')).toBe(0);
  });

  test('a group that may not change and rules that never apply leave the run as it is', () => {
    const still = { groups: [{ ...GROUP, min: 3, max: 3 }], bursts: [{ to: 'sky', waited: '20h' }] };
    const [with_, without] = [run(still), run(null)];
    expect(with_.digest).toBe(without.digest);
    const names = new Set(without.readings.map(([name]) => name));
    for (const [name, reading] of with_.readings) {
      if (!names.has(name)) continue;
      const other = value(without, name);
      if (typeof other === 'number') expect(reading.value, name).toBeCloseTo(other, 9);
      else expect(reading.value, name).toBe(other);
    }
  });
});
