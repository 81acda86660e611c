import { describe, expect, test } from 'vitest';
import { normalizeScenario, type Replication, replicate } from '../../sim/index.ts';
import { scenarioOf } from '../engine/scenario-for-tests.ts';

const value = (run: Replication, name: string) =>
  run.readings.find(([known]) => known === name)?.[1].value ?? 0;

/** Four jobs on one card, and one process fault now and then. */
const onOneCard = (sharing: unknown, slot: unknown, faults: object) => ({
  apiVersion: 'slicewise/v1',
  name: 'blast',
  fleet: {
    hosts: [{ name: 'h', cpu: 64, memory: '512GiB', gpus: { model: 'A100-40GB', count: 1 }, sharing }],
  },
  workload: {
    synthetic: {
      tasks: 4,
      arrivals: { process: 'deterministic', rate: '3600/h' },
      classes: [
        {
          name: 'c',
          cpu: 1,
          memory: '1GiB',
          gpus: 1,
          slot,
          use: { workload: 'generic', busy: 0.1, compute: 0.1, bandwidth: 0.1, memory: '2GiB' },
          lifetime: { kind: 'constant', value: '100h' },
        },
      ],
    },
  },
  faults,
  experiment: { kind: 'timed', horizon: '10h' },
});

describe('Faults in a document', () => {
  test('a fault of one process ends all clients of an MPS server, and nobody else with MIG', () => {
    const faults = { jobs: 'fail', process: { kind: 'exponential', mean: '5h' } };
    const endsUnder = (sharing: string, slot: unknown) => {
      const ends: number[] = [];
      const run = replicate(scenarioOf(onOneCard(sharing, slot, faults)), {}, 3, {
        observers: () => [
          {
            failed: (atUs, _job, _parts, reason) => {
              expect(reason).toBe('fault:process');
              ends.push(atUs);
            },
          },
        ],
      });
      expect(value(run, 'faults.failed')).toBe(ends.length);
      return ends;
    };
    const mps = endsUnder('mps', { memory: '4GiB' });
    expect(mps).toHaveLength(4);
    expect(new Set(mps).size).toBe(1);
    // Under MIG each ends by its own fault, at its own time.
    const mig = endsUnder('mig', { profile: '1g.5gb' });
    expect(mig.length).toBeGreaterThan(1);
    expect(new Set(mig).size).toBe(mig.length);
    expect(Math.min(...mig)).toBe(mps[0]);
  });

  test('what is wrong is told, all at once', () => {
    const result = normalizeScenario({
      ...onOneCard(
        'mps',
        { memory: '4GiB' },
        {
          failures: [
            { kind: 'host', hosts: 'x', between: { kind: 'exponential', mean: '1h' } },
            { kind: 'gpu', log: [{ at: '1h', host: 'h', for: '1h' }] },
          ],
          windows: [{ at: '1h', for: '1h', hosts: 'h', running: 'migrate' }],
        },
      ),
      experiment: { kind: 'timed' },
    });
    const text = JSON.stringify(result);
    for (const part of [
      'between and repair go together',
      'which GPU',
      'way to migrate',
      'horizon',
      'host group',
    ]) {
      expect(text).toContain(part);
    }
  });
});
