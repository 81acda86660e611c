import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { samplePath, sureSessions } from '../../sim/experiment/bound/index.ts';
import { normalizeScenario, replicate, type Scenario } from '../../sim/index.ts';

function scenarioOf(
  sessions: readonly object[],
  hosts: number,
  horizon: string,
  others: object = {},
): Scenario {
  const normalized = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'users',
    fleet: {
      hosts: [
        {
          name: 'a',
          count: hosts,
          cpu: 64,
          memory: '256GiB',
          gpus: { model: 'L4', count: 1 },
          sharing: { mode: 'vgpu', scheduler: 'best-effort', series: 'Q' },
        },
      ],
    },
    workload: { sessions, ...others },
    cost: {
      currency: 'USD',
      hosts: [
        {
          name: 'own',
          hosts: 'a',
          leased: {
            host: { amount: 100, source: 'made up' },
            gpu: { amount: 0, source: 'made up' },
            months: 12,
          },
        },
      ],
    },
    experiment: { kind: 'timed', horizon },
  });
  if (!normalized.ok) throw new RangeError(JSON.stringify(normalized.problems));
  return normalized.scenario;
}

const desk = (name: string, users: number, hours: string, sd: string, logon: object) => ({
  name,
  users,
  cpu: 1,
  memory: '2GiB',
  slot: { profile: 'L4-4Q' },
  logon,
  duration: { kind: 'normal', mean: hours, sd },
  use: { workload: 'graphics', busy: '20%', compute: '15%', bandwidth: '10%', memory: '1GiB' },
});

describe('sessions that are on for certain', () => {
  test('of users who come at one time all but those that may be late', () => {
    const scenario = scenarioOf(
      [desk('d', 100, '4h', '1m', { kind: 'storm', at: '8h', spread: '10m' })],
      20,
      '24h',
    );
    const path = samplePath(scenario, {}, 1);
    if (path === undefined) throw new RangeError('There is no path');
    // 3 may still wait at the end; of 97 the 95th percentile may have 96 x 5 % + 1 above it.
    expect(sureSessions(scenario, path, { quantile: 0.95, limitSec: 60 }).get('d')).toBe(
      Math.ceil(100 - (100 - 0.95 * (100 - 3 - 1))),
    );
    expect(sureSessions(scenario, path, { quantile: 1, limitSec: 60 }).get('d')).toBe(96);
    // Within 4 hours and 10 minutes of a limit the first may have gone when the last comes.
    expect(sureSessions(scenario, path, { quantile: 1, limitSec: 4 * 3600 }).get('d') ?? 0).toBe(0);
  });

  test('are never more than a run has that keeps the limit', () => {
    let kept = 0;
    let told = 0;
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 5, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('30m', '3h', '8h'),
        fc.constantFrom('5m', '1h'),
        fc.constantFrom('24h', '60h'),
        fc.constantFrom(60, 1800, 7200),
        fc.integer({ min: 1, max: 1e6 }),
        (hosts, first, second, mean, sd, horizon, limitSec, seed) => {
          const days = { kind: 'daily', hourOfDay: Array.from({ length: 24 }, (_, h) => (h < 12 ? 1 : 0.2)) };
          const scenario = scenarioOf(
            [
              desk('d', first, mean, sd, days),
              desk('e', second, mean, sd, { kind: 'storm', at: '9h', spread: '1h', daily: true }),
            ],
            hosts,
            horizon,
          );
          const run = replicate(scenario, {}, seed, { keepsUsage: true });
          const read = (name: string) => run.readings.find(([each]) => each === name)?.[1].value ?? 0;
          const isKept =
            read('wait.p95') < limitSec &&
            read('jobs.rejected') === 0 &&
            read('jobs.waiting') <= Math.max(3, Math.floor(0.02 * read('jobs.arrived')));
          if (!isKept) return;
          kept += 1;
          const path = samplePath(scenario, {}, seed);
          if (path === undefined) throw new RangeError('There is no path');
          const sure = sureSessions(scenario, path, { quantile: 0.95, limitSec });
          for (const [label, users] of sure) {
            if (users > 0) told += 1;
            expect(users).toBeLessThanOrEqual(run.usage?.peakSessions.get(label) ?? 0);
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(kept).toBeGreaterThan(10);
    expect(told).toBeGreaterThan(5);
  });
});
