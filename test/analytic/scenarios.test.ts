import { describe, expect, test } from 'vitest';
import { type Replication, replicate } from '../../sim/index.ts';
import { studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { scenarioOf } from '../engine/scenario-for-tests.ts';

/** Erlang's C: probability that an arrival waits, for c servers and offered load a < c. */
function erlangC(c: number, a: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < c; k++) {
    term *= a / k;
    sum += term;
  }
  const last = (term * a) / c / (1 - a / c);
  return last / (sum + last);
}

function reading(run: Replication, name: string): number {
  const found = run.readings.find(([known]) => known === name);
  return found?.[1].value ?? Number.NaN;
}

/** One host with GPUs as servers; every task takes one whole GPU for an exponential time of mean 1 hour. */
const servers = (gpus: number, load: number) =>
  scenarioOf({
    apiVersion: 'slicewise/v1',
    name: 'servers',
    fleet: {
      hosts: [{ name: 'host', count: 1, cpu: 1000, memory: '1TiB', gpus: { model: 'A', count: gpus } }],
    },
    workload: {
      synthetic: {
        tasks: 6000,
        arrivals: { process: 'poisson', rate: `${load * gpus}/h` },
        lifetimes: { service: { kind: 'exponential', mean: '1h' } },
        classes: [{ name: 'task', weight: 1, cpu: 1, memory: '1GiB', gpus: 1, lifetime: 'service' }],
      },
    },
    experiment: { kind: 'timed', warmup: '50h' },
  });

describe('A timed scenario whose GPUs are servers behaves as M/M/c', () => {
  test.each([
    [1, 0.6],
    [4, 0.8],
    [16, 0.85],
  ])('%i GPUs at load %f: mean wait is that of Erlang C, allocation that of the load', (gpus, load) => {
    const waits = new Tally();
    const allocations = new Tally();
    for (let seed = 1; seed <= 30; seed++) {
      const run = replicate(servers(gpus, load), {}, seed);
      waits.add(reading(run, 'wait.mean'));
      allocations.add(reading(run, 'gpu.allocated.mean'));
      expect(reading(run, 'jobs.completed')).toBe(6000);
    }
    const expectedWaitSec = (3600 * erlangC(gpus, gpus * load)) / (gpus * (1 - load));
    const wait = studentInterval(waits, 0.999);
    expect(expectedWaitSec).toBeGreaterThan(wait.lo);
    expect(expectedWaitSec).toBeLessThan(wait.hi);
    // The run ends with its last job, after the arrivals have stopped: allocation is just below the load.
    expect(allocations.mean).toBeGreaterThan(load * 0.97);
    expect(allocations.mean).toBeLessThan(load * 1.01);
  });
});
