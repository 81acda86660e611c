import { type Replication, replicate, type Scenario } from '../../sim/index.ts';
import { scenarioOf } from '../engine/scenario-for-tests.ts';

/** Figures at which vGPU costs its tenants nothing. */
const LOSSLESS = { 'vgpu.lone': 1, 'vgpu.lone-interactive': 1, 'vgpu.aggregate': 1 };

/** Guests that each have a card for themselves, and hardly use it. */
export function guests(change: Readonly<Record<string, unknown>>, tasks = 2000): Scenario {
  return scenarioOf(guestsDocument(change, tasks));
}

export function guestsDocument(change: Readonly<Record<string, unknown>>, tasks = 2000) {
  return {
    apiVersion: 'slicewise/v1',
    name: 'guests',
    fleet: {
      hosts: [
        {
          name: 'desk',
          count: 2,
          cpu: 64,
          memory: '512GiB',
          gpus: { model: 'A10', count: 8 },
          sharing: 'vgpu',
        },
      ],
    },
    workload: {
      synthetic: {
        tasks,
        arrivals: { process: 'poisson', rate: '4/h' },
        classes: [
          {
            name: 'guest',
            cpu: 1,
            memory: '4GiB',
            gpus: 1,
            slot: { profile: 'A10-24Q' },
            use: { busy: '1%', compute: '1%', bandwidth: '1%', memory: '1GiB' },
            lifetime: { kind: 'exponential', mean: '1h' },
          },
        ],
      },
    },
    overheads: LOSSLESS,
    experiment: { kind: 'timed', warmup: '50h' },
    ...change,
  };
}

export function reading(run: Replication, name: string): number {
  const found = run.readings.find(([known]) => known === name);
  return found?.[1].value ?? Number.NaN;
}

export const run = (scenario: Scenario, seed = 1) => replicate(scenario, {}, seed);
