import { describe, expect, test } from 'vitest';
import { defaultRules } from '../../sim/experiment/alert-defaults.ts';
import { replicate, summarize } from '../../sim/index.ts';
import { PLACE_SIGNALS } from '../../sim/observe/groups/columns.ts';
import { PLACE_KINDS } from '../../sim/observe/groups/places.ts';
import { LINE_SIGNALS } from '../../sim/observe/series/line-course.ts';
import { ALERT_SCOPES, FLEET_ALERT_METRICS, PLACE_ALERT_METRICS } from '../../sim/scenario/names.ts';
import { normalized, problemsOf } from '../scenario/problems-of.ts';

test('rules can be about everything that is followed, and about nothing else', () => {
  expect([...PLACE_ALERT_METRICS].sort()).toEqual(Object.keys(PLACE_SIGNALS).sort());
  expect([...FLEET_ALERT_METRICS].sort()).toEqual(Object.keys(LINE_SIGNALS).sort());
  expect([...ALERT_SCOPES].sort()).toEqual([...PLACE_KINDS].sort());
});

/** Two hosts of two GPUs each; jobs of a whole host come every hour and stay for `lifetime`. */
const hourly = (lifetime: string, more: object = {}, use: object = {}) => ({
  apiVersion: 'slicewise/v1',
  name: 'hourly',
  fleet: {
    hosts: [{ name: 'h', count: 2, cpu: 8, memory: '8GiB', gpus: { model: 'A100-SXM4-80GB', count: 2 } }],
  },
  workload: {
    synthetic: {
      tasks: 3,
      arrivals: { process: 'deterministic', rate: '1/h' },
      classes: [
        {
          name: 'c',
          cpu: 1,
          memory: '1GiB',
          gpus: 2,
          lifetime: { kind: 'constant', value: lifetime },
          ...use,
        },
      ],
    },
  },
  experiment: { kind: 'timed', horizon: '8h' },
  ...more,
});

const alertsOf = (document: object, seeds: readonly number[] = [1]) => {
  const { scenario } = normalized(document);
  return summarize(seeds.map((seed) => replicate(scenario, {}, seed))).alerts ?? [];
};

describe('alerts of a scenario', () => {
  const rule = (more: object) => ({ alerts: { defaults: false, rules: [{ name: 'own', ...more }] } });

  test('tell when a value went beyond its limit and for how long, to the microsecond', () => {
    // A job stands from 1 h, 2 h and 3 h on for 90 minutes each: two at once from 2:00 to 2:30 and from 3:00 to 3:30.
    const full = rule({ metric: 'gpu.allocated', above: '75%', for: '30m' });
    const [alert, ...others] = alertsOf(hourly('90m', full));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      rule: 'own',
      scope: 'fleet',
      state: 'fired',
      count: 2,
      totalSeconds: 3600,
    });
    const starts = alert?.longest.map(({ atSeconds, untilSeconds, worst }) => [
      atSeconds,
      untilSeconds,
      worst,
    ]);
    const first = alert?.longest[0]?.atSeconds as number;
    expect(starts).toEqual([
      [first, first + 1800, 1],
      [first + 3600, first + 5400, 1],
    ]);
    expect(first % 3600).toBe(0);
    expect(alert?.text).toBe(
      'gpu.allocated above 75 % for 30 min or longer: 2 times, 60 min in all, up to 100 % (fleet)',
    );
  });

  test('do not tell what is over a microsecond before the window', () => {
    const [alert] = alertsOf(
      hourly('90m', rule({ metric: 'gpu.allocated', above: '75%', for: '1800000001us' })),
    );
    expect(alert).toMatchObject({ state: 'quiet', count: 0, totalSeconds: 0, longest: [] });
  });

  test('are told of the hosts in which they were, and joined over replications', () => {
    const below = rule({ metric: 'gpu.allocated', below: '50%', for: '1h', scope: 'host' });
    const found = alertsOf(hourly('90m', below), [1, 2]);
    expect(found.map(({ scope }) => scope).sort()).toEqual(['host h-0000', 'host h-0001']);
    for (const { count, longest } of found) expect(longest.length).toBe(2 * count);
  });

  test('are about the queue, too', () => {
    // Three jobs of a whole host each on one host: the second waits half an hour, the third an hour.
    const document = hourly('90m', rule({ metric: 'jobs.waitingGpus', above: 1 }));
    document.fleet.hosts = document.fleet.hosts.map((host) => ({ ...host, count: 1 }));
    const [alert] = alertsOf(document);
    expect(alert).toMatchObject({ count: 2, totalSeconds: 90 * 60 });
    expect(alert?.longest.map(({ worst }) => worst)).toEqual([2, 2]);
  });

  test('name every problem at once', () => {
    const problems = problemsOf({
      ...hourly('1h'),
      alerts: {
        rules: [
          { name: 'a', metric: 'gpu.allocated' },
          { name: 'a', metric: 'jobs.waiting', above: 3, scope: 'pool' },
          { name: 'b', metric: 'gpu.allocatd', above: -1 },
        ],
      },
    });
    const text = JSON.stringify(problems);
    for (const path of [
      'alerts.rules[0]',
      'alerts.rules[1].name',
      'alerts.rules[1].scope',
      'alerts.rules[2].metric',
      'alerts.rules[2].above',
    ])
      expect(text).toContain(path);
  });
});

describe('limits of the sources', () => {
  test('are watched unless a scenario says otherwise', () => {
    const [first, ...others] = alertsOf(hourly('5h'));
    // From the second job's start to its end both hosts are full: when the first job ends, the third begins.
    expect(first).toMatchObject({
      rule: 'gpu-utilization',
      metric: 'gpu.allocated',
      state: 'fired',
      count: 1,
    });
    expect(first?.totalSeconds).toBe(5 * 3600);
    expect(others.map(({ rule, state }) => [rule, state])).toEqual([
      ['memory-fragmentation', 'unmeasured'],
      ['link-near-capacity', 'unmeasured'],
      ['communication-share', 'unmeasured'],
    ]);
    expect(alertsOf({ ...hourly('5h'), alerts: { defaults: false } })).toEqual([]);
  });

  test('have a source each, and say what is assumed', () => {
    for (const { source, limit } of defaultRules(true, true)) {
      expect(source).toMatch(/source \[\d\].*assumed here/);
      expect(limit).toBeGreaterThan(0);
    }
  });

  test('a gang that exchanges data over slow links is a fault', () => {
    // A tenth of the time with NVLink (600 GB/s both ways, 300 each), over a NIC of 1.25 GB/s: 240 times as long.
    const slow = hourly('1h', {}, { gpus: 1, workers: 4, communication: '10%' });
    slow.fleet.hosts = slow.fleet.hosts.map((host) => ({ ...host, nic: '10Gbit/s' }));
    const found = alertsOf(slow).find(({ rule }) => rule === 'communication-share');
    expect(found?.state).toBe('fired');
    const factor = 300 / 1.25;
    expect(found?.longest[0]?.worst).toBeCloseTo((0.1 * factor) / (0.9 + 0.1 * factor), 6);
    const near = hourly('1h', {}, { gpus: 2, communication: '10%' });
    expect(alertsOf(near).find(({ rule }) => rule === 'communication-share')?.state).toBe('quiet');
  });
});
