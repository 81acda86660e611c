import { expect, test } from 'vitest';
import type { Job } from '../../sim/cluster/changes.ts';
import { NO_CLAIM } from '../../sim/cluster/claim.ts';
import { Instant } from '../../sim/kernel/stats/exact-integral.ts';
import { BY_FRACTION, Cell } from '../../sim/observe/waterfall/cells.ts';
import { WaitingDemand } from '../../sim/observe/waterfall/waiting-demand.ts';

const GPU = 1_000_000;
const shape = { id: 0, totalGpuMilli: 1000, gpuMilli: 1000, gpuCount: 1, models: [], cpuMilli: 0 };
const jobOf = (label: string) =>
  ({ shape, shapes: [shape], demand: 0, claim: { ...NO_CLAIM, label } }) as unknown as Job;

test('each asker has its part of what is free at each moment, not of the whole time that it waits', () => {
  const cell = new Cell(0, 0, 0, BY_FRACTION);
  cell.free = GPU;
  const demand = new WaitingDemand();
  const at = new Instant();
  const [a, b] = [jobOf('a'), jobOf('b')] as [Job, Job];
  const goTo = (us: number) => {
    demand.divide([cell], 0, at);
    at.set(us);
  };
  // One GPU is free: a waits alone for it for 10 us, then for half of it beside b for 10, then b alone for 20, who then has none for 5.
  demand.change(a, 'gpu-room', 1, at.atUs);
  goTo(10);
  demand.change(b, 'gpu-room', 1, at.atUs);
  goTo(20);
  demand.change(a, 'gpu-room', -1, at.atUs);
  goTo(40);
  cell.free = 0;
  goTo(45);
  const found = Object.fromEntries(
    [...demand.askers(45)].map(({ label, amount }) => [label, Number(amount) / GPU]),
  );
  expect(found).toEqual({ a: 15, b: 25 });
});
