import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Replication, replicate } from '../../sim/index.ts';
import type { Scenario } from '../../sim/scenario/types.ts';
import { sharedScenarios } from './shared-scenarios.ts';
import { SharedTwin } from './shared-twin.ts';

function reading(run: Replication, name: string): number | null {
  return run.readings.find(([known]) => known === name)?.[1].value ?? null;
}

function both(scenario: Scenario): { run: Replication; twin: SharedTwin } {
  let twin: SharedTwin | undefined;
  const run = replicate(scenario, {}, scenario.seed, {
    observers: (fleet) => {
      twin = new SharedTwin(scenario, fleet);
      return [twin];
    },
  });
  return { run, twin: twin as SharedTwin };
}

/** Equal but for rounding; null where there was no time to look at. */
function expectPart(found: number | null, sum: number, of: number, name: string): void {
  if (of <= 0) expect(found, name).toBeNull();
  else expect(found, name).toBeCloseTo(sum / of, 7);
}

describe('A run on shared cards goes as one that works out every speed anew after every event', () => {
  test.each([
    ['batches and gangs', { services: 'none', sessions: false, changes: 'none' }, 100],
    [
      'with services that always have work, and sessions',
      { services: 'busy', sessions: true, changes: 'none' },
      60,
    ],
    ['while hosts are changed', { services: 'busy', sessions: true, changes: 'any' }, 60],
    ['while jobs move', { services: 'busy', sessions: true, changes: 'moving' }, 100],
  ] as const)('%s', (_title, ingredients, numRuns) => {
    fc.assert(
      fc.property(sharedScenarios(ingredients), (scenario) => {
        const { run, twin } = both(scenario);
        expect(twin.faults).toEqual([]);
        for (const { name, kind, workUs, doneUs, tookUs, aloneUs } of twin.ends) {
          if (kind !== 'batch') continue;
          expect(Math.abs(doneUs - workUs), name).toBeLessThanOrEqual(2 + 1e-8 * workUs);
          expect(tookUs, name).toBeGreaterThanOrEqual(aloneUs * (1 - 1e-9) - 1);
        }
        const { groups } = scenario.fleet as Extract<Scenario['fleet'], { kind: 'hosts' }>;
        const { warmupUs } = scenario.experiment as Extract<Scenario['experiment'], { kind: 'timed' }>;
        const seconds = (twin.endUs - warmupUs) / 1e6;
        const cards = groups.reduce(
          (sum, group) => sum + (group.sharing === null ? 0 : group.count * (group.gpus[0]?.count ?? 0)),
          0,
        );
        if (cards > 0) {
          expectPart(reading(run, 'gpu.utilized.mean'), twin.utilizedSec, cards * seconds, 'utilized');
          expectPart(reading(run, 'gpu.busy.mean'), twin.busySec, cards * seconds, 'busy');
        }
        scenario.workload.sessions.forEach(({ name }, g) => {
          const seated = twin.groupSeatedSec[g] as number;
          const wanted = twin.groupWantedSec[g] as number;
          const delivered = twin.groupDeliveredSec[g] as number;
          const { gpuCount, slotCount } = scenario.workload.sessions[g]!;
          if (cards > 0) {
            expectPart(reading(run, `session.${name}.on.mean`), seated, gpuCount * slotCount * seconds, 'on');
          }
          expectPart(reading(run, `session.${name}.active.mean`), wanted, seated, 'active');
          expectPart(reading(run, `session.${name}.speed.mean`), delivered, wanted, 'speed');
        });
      }),
      { numRuns },
    );
  });

  test('a service with work at all times answers as much as its replicas can do', () => {
    fc.assert(
      fc.property(sharedScenarios({ services: 'busy', sessions: true, changes: 'moving' }), (scenario) => {
        const whole = { ...scenario, experiment: { ...scenario.experiment, warmupUs: 0 } } as Scenario;
        const { run, twin } = both(whole);
        whole.workload.services.forEach(({ name, batchSec, replicas }, s) => {
          const served = (reading(run, `service.${name}.answered`) as number) * (batchSec[0] as number);
          const isOnCards = twin.serviceSec[s] !== undefined;
          if (!isOnCards) return;
          // Work that was lost with a stopped replica, and what is in work at the end, is not answered.
          const open = (batchSec[0] as number) * replicas;
          const done = twin.serviceSec[s] as number;
          expect(served).toBeLessThanOrEqual(done + 0.01);
          expect(served).toBeGreaterThanOrEqual(done - open - 0.01);
        });
      }),
      { numRuns: 60 },
    );
  });
});
