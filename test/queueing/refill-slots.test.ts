import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import { priority } from '../../sim/policies/queueing/priority.ts';
import { sharingMode } from '../../sim/sharing/index.ts';
import { ask, cardOf, named, values, vgpuConfig } from '../sharing/vgpu-cards.ts';
import { endsOf, runSmall } from './pool-run.ts';

const L4 = {
  mode: sharingMode('vgpu'),
  config: vgpuConfig(),
  spec: cardOf('L4'),
  values: values({ 'vgpu.lone': 1, 'vgpu.aggregate': 1 }),
};
const HOST: HostSpec = {
  name: 'h',
  cpuMilli: 64_000,
  memoryMib: 2 ** 20,
  gpus: [{ model: 'L4', count: 1, sharing: L4 }],
};
const LIGHT = { busy: 0.1, compute: 0.1, bandwidth: 0.1 };
const quarter = { milli: 250, ask: named('L4-6Q', LIGHT) };

test.each(['suspend', 'checkpoint', 'kill'] as const)(
  'under refill by %s who does not keep its slot and gets one like it goes on as if nothing had been',
  (way) => {
    const told: string[] = [];
    const stories = runSmall({
      hostSpecs: [HOST],
      policy: priority,
      rules: { preemption: 'refill', way, isSticky: false },
      jobs: ['a', 'b', 'c'].map((name, i) => ({ name, at: i, runs: 10, ...quarter })),
      observer: {
        preempted: (_atUs, { name }) => void told.push(`${name} is stopped`),
        moved: (_atUs, { name }) => void told.push(`${name} moves`),
      },
    });
    expect(told).toEqual([]);
    expect(endsOf(stories)).toEqual({ a: 10, b: 11, c: 12 });
  },
);

const REPLICAS: HostSpec = {
  name: 'r',
  cpuMilli: 64_000,
  memoryMib: 2 ** 20,
  gpus: [
    {
      model: 'L4',
      count: 2,
      sharing: {
        mode: sharingMode('time-slicing'),
        config: { mode: 'time-slicing', replicas: 3, failRequestsGreaterThanOne: false, profile: null },
        spec: cardOf('L4'),
        values: values(),
      },
    },
  ],
};

test('under refill three replicas are alike, though one is booked with a thousandth more', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          at: fc.nat(20),
          runs: fc.integer({ min: 1, max: 30 }),
          urgency: fc.nat(3),
          isBound: fc.boolean(),
        }),
        { minLength: 4, maxLength: 14 },
      ),
      fc.constantFrom('suspend' as const, 'checkpoint' as const, 'kill' as const),
      fc.boolean(),
      fc.constantFrom('best-fit' as const, 'worst-fit' as const),
      (jobs, way, isSticky, placement) => {
        const stories = runSmall({
          hostSpecs: [REPLICAS],
          policy: priority,
          placement,
          rules: { preemption: 'refill', way, isSticky, fill: 'skip' },
          jobs: jobs.map(({ at, runs, urgency, isBound }, i) => ({
            name: `j${i}`,
            at,
            runs,
            milli: 333,
            ask: ask({ kind: 'part', computeMilli: 0, memoryMib: 100 }, LIGHT),
            claim: {
              priority: urgency,
              isPreemptible: !isBound,
              checkpoint: { intervalUs: 4e6, saveUs: 2e6, restoreUs: 0 },
            },
          })),
        });
        for (const { end, name } of stories.values()) expect(end, name).toBeDefined();
      },
    ),
    { numRuns: 150 },
  );
});
