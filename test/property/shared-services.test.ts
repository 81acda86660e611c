import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Replication, replicate } from '../../sim/index.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import type { Scenario } from '../../sim/scenario/types.ts';
import { createTraffic } from '../../sim/workload/service/traffic.ts';
import { sharedScenarios } from './shared-scenarios.ts';

function reading(run: Replication, name: string): number {
  return run.readings.find(([known]) => known === name)?.[1].value ?? 0;
}

/** All services late at once, so that `overdue` counts every request that is not answered. */
function impatient(scenario: Scenario): Scenario {
  const { services } = scenario.workload;
  return {
    ...scenario,
    workload: { ...scenario.workload, services: services.map((each) => ({ ...each, objectiveUs: -1 })) },
    experiment: { kind: 'timed', horizonUs: 7200e6, warmupUs: 0 },
  };
}

describe('Requests of services on shared cards', () => {
  test.each([
    ['whatever else runs there', { services: 'any', sessions: true, changes: 'none' }],
    [
      'while their hosts are changed and their replicas move or stop',
      { services: 'any', sessions: true, changes: 'moving' },
    ],
  ] as const)('each that arrives is answered once or waits at the end, %s', (_title, ingredients) => {
    fc.assert(
      fc.property(sharedScenarios(ingredients), (drawn) => {
        const scenario = impatient(drawn);
        const { services } = scenario.workload;
        const answered: { atUs: number; arrivedUs: number }[][] = services.map(() => []);
        let failures = 0;
        const run = replicate(scenario, {}, scenario.seed, {
          observers: () => [
            {
              answered: (atUs, service, arrivedUs) => answered[service]?.push({ atUs, arrivedUs }),
              failed: () => {
                failures += 1;
              },
            },
          ],
        });
        services.forEach((service, s) => {
          const { name, traffic, replicas, concurrency, batchSec, speedByModel } = service;
          const own = answered[s] ?? [];
          const open = reading(run, `service.${name}.overdue`);
          expect(reading(run, `service.${name}.answered`)).toBe(own.length);
          if (traffic.kind === 'closed') {
            expect(open).toBeLessThanOrEqual(traffic.clients);
          } else {
            // The same requests, drawn again by themselves.
            const again = createTraffic(name, traffic, new RandomStreams(scenario.seed));
            const arrivals: number[] = [];
            for (let at = again.nextUs(); at <= 7200e6; at = again.nextUs()) arrivals.push(at);
            expect(own.length + open).toBe(arrivals.length);
            const left = new Map<number, number>();
            for (const at of arrivals) left.set(at, (left.get(at) ?? 0) + 1);
            for (const { arrivedUs } of own) {
              const count = left.get(arrivedUs) ?? 0;
              expect(count).toBeGreaterThan(0);
              left.set(arrivedUs, count - 1);
            }
          }
          const fastest = Math.max(1, ...Object.values(speedByModel));
          const shortest = service.variability === null ? Math.min(...batchSec) / fastest : 0;
          own.forEach(({ atUs, arrivedUs }, i) => {
            expect(atUs - arrivedUs).toBeGreaterThanOrEqual(shortest * 1e6 - 1);
            // One replica that works on one batch at a time answers in the order of arrival, unless it was stopped.
            const before = own[i - 1];
            if (replicas * concurrency > 1 || failures > 0 || before === undefined) return;
            expect(arrivedUs).toBeGreaterThanOrEqual(before.arrivedUs);
          });
        });
      }),
      { numRuns: 60 },
    );
  });
});
