import { describe, expect, test } from 'vitest';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import type { FaultSetup } from '../../sim/engine/faults.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { gpuUnit, hostUnit, logged, NO_FAULTS } from '../faults/fault-setup.ts';
import { guardOf, runSmall, type SmallJob } from './pool-run.ts';

const starts = (
  fill: 'easy' | 'conservative',
  hosts: readonly number[],
  jobs: readonly SmallJob[],
  faults: (fleet: Fleet) => Partial<FaultSetup>,
) => {
  const stories = runSmall({
    hosts,
    jobs,
    policy: fifo,
    horizon: 1000,
    rules: { fill },
    guard: guardOf(fill),
    faults: (fleet) => ({ ...NO_FAULTS, ...faults(fleet) }),
  });
  return Object.fromEntries([...stories].map(([name, story]) => [name, story.starts.map(({ at }) => at)]));
};

/** Whole of host 0 until 10, half of host 1 until 40. */
const BASE: readonly SmallJob[] = [
  { name: 'first', at: 0, runs: 10, gpus: 2 },
  { name: 'second', at: 0, runs: 40, gpus: 1 },
];

describe.each(['easy', 'conservative'] as const)('Under %s, the forecast', (fill) => {
  test('has all hosts while all are up: a job that would be in the way of the head waits', () => {
    const jobs = [...BASE, { name: 'head', at: 2, runs: 10, gpus: 2 }, { name: 'late', at: 3, runs: 50 }];
    // The head starts on host 0 at 10; host 1 has a GPU that nobody needs.
    expect(starts(fill, [2, 2], jobs, () => ({}))).toMatchObject({ head: [10], late: [3] });
  });

  test('leaves out a host that is down', () => {
    const jobs: SmallJob[] = [
      { name: 'second', at: 0, runs: 40, gpus: 1 },
      { name: 'first', at: 1, runs: 10, gpus: 2 },
      { name: 'head', at: 4, runs: 10, gpus: 2 },
      { name: 'late', at: 5, runs: 36, gpus: 1 },
      { name: 'short', at: 5, runs: 35, gpus: 1 },
    ];
    const down = () => ({ units: [logged(hostUnit(1), [3, 500])] });
    // Host 1 breaks down at 3 under `first`, which waits again, before the head. Then host 0 alone counts: it has room for
    // two at 40. Until then `short` may have the free GPU, and nobody who stays longer.
    const found = starts(fill, [2, 2], jobs, down);
    expect(found).toEqual({ second: [0], first: [1, 40], head: [50], short: [5], late: [60] });
  });

  test('leaves out a GPU that is down', () => {
    const jobs: SmallJob[] = [
      { name: 'second', at: 0, runs: 40, gpus: 2 },
      { name: 'x', at: 0, runs: 20, gpus: 2 },
      { name: 'head', at: 4, runs: 10, gpus: 3 },
      { name: 'late', at: 5, runs: 36 },
      { name: 'short', at: 5, runs: 35 },
    ];
    // The GPU of host 1 that x has not breaks down at 3: the head has to wait for all of host 0, until 40, and not for x.
    // The GPU that is free there may have who is gone by then; late goes to host 1 when x has left.
    const found = starts(fill, [3, 3], jobs, (fleet) => ({
      units: [logged(gpuUnit(fleet, 1, 2), [3, 500])],
    }));
    expect(found).toEqual({ second: [0], x: [0], head: [40], late: [20], short: [5] });
  });

  test('leaves out a host that is drained for maintenance, though those on it leave', () => {
    const jobs: SmallJob[] = [
      { name: 'second', at: 0, runs: 60, gpus: 1 },
      { name: 'x', at: 0, runs: 15, gpus: 2 },
      { name: 'head', at: 6, runs: 10, gpus: 2 },
      { name: 'late', at: 7, runs: 54 },
      { name: 'short', at: 7, runs: 50 },
    ];
    const found = starts(fill, [2, 2], jobs, () => ({
      windows: [{ hosts: [1], atUs: 30e6, forUs: 500e6, drainUs: 25e6, running: 'wait', migratePath: null }],
    }));
    expect(found).toEqual({ second: [0], x: [0], head: [60], late: [70], short: [7] });
  });

  test('leaves out a host that is kept in maintenance, and counts it again when it is back', () => {
    const jobs: SmallJob[] = [
      { name: 'second', at: 6, runs: 60, gpus: 1 },
      { name: 'head', at: 7, runs: 10, gpus: 2 },
      { name: 'late', at: 8, runs: 40, gpus: 1 },
    ];
    const found = starts(fill, [2, 2], jobs, () => ({
      windows: [{ hosts: [1], atUs: 5e6, forUs: 15e6, drainUs: 0, running: 'wait', migratePath: null }],
    }));
    // Until 20 there is host 0 alone: the head is foreseen for 66, and late is gone by 48. At 20 host 1 opens.
    expect(found).toEqual({ second: [6], late: [8], head: [20] });
  });
});
