import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fleet } from '../../sim/cluster/fleet.ts';
import {
  FRAGMENT_CATEGORIES,
  FragmentationMeter,
  type TypicalShape,
} from '../../sim/cluster/fragmentation.ts';
import { ShapeTable } from '../../sim/cluster/request.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { FragmentationTracker } from '../../sim/observe/fragmentation-tracker.ts';
import { hostSpecs, requests } from '../cluster/random-fleet.ts';

const job = {} as never; // the tracker looks at the host alone

/** The definition read off the paper, one host and one task at a time, in plain words and without any sharing of work. */
function slowFragment(fleet: Fleet, host: number, mix: readonly TypicalShape[]): number {
  const gpus = [];
  for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
    gpus.push({
      left: fleet.gpuFreeMilli[g] as number,
      model: fleet.modelNames[fleet.gpuModel[g] as number] as string,
    });
  }
  const idle = gpus.reduce((sum, gpu) => sum + gpu.left, 0);
  let expected = 0;
  for (const { shape, frequency } of mix) {
    const usable = gpus.filter(
      (g) => (shape.models.length === 0 || shape.models.includes(g.model)) && g.left >= shape.gpuMilli,
    );
    const canRun =
      shape.gpuCount > 0 &&
      usable.length >= shape.gpuCount &&
      (fleet.cpuFreeMilli[host] as number) >= shape.cpuMilli;
    const used = canRun ? usable.reduce((sum, gpu) => sum + gpu.left, 0) : 0;
    expected += frequency * (idle - used);
  }
  return expected;
}

test('Expected fragment equals the definition, host by host, whatever has been placed', () => {
  fc.assert(
    fc.property(
      hostSpecs,
      fc.array(requests, { minLength: 1, maxLength: 6 }),
      fc.array(requests, { maxLength: 25 }),
      (hosts, mixed, placed) => {
        const fleet = new Fleet(hosts);
        const shapes = new ShapeTable(fleet.modelNames);
        const mix = mixed.map((r) => ({ shape: shapes.intern(r), frequency: 1 / mixed.length }));
        const meter = new FragmentationMeter(fleet, mix);
        const tracker = new FragmentationTracker(fleet, meter);
        for (const [i, request] of placed.entries()) {
          const shape = shapes.intern(request);
          const host = i % hosts.length;
          const gpus = Array.from({ length: shape.gpuCount }, (_, g) => g);
          try {
            fleet.place(shape, host, gpus);
          } catch {
            continue;
          }
          tracker.placed(0 as Micros, job, [{ shape, host, gpus, grant: [] }]);
        }
        let total = 0;
        let idle = 0;
        for (let h = 0; h < hosts.length; h++) {
          const slow = slowFragment(fleet, h, mix);
          expect(meter.fragment(meter.stateOf(h), fleet.cpuFreeMilli[h] as number)).toBeCloseTo(slow, 6);
          total += slow;
          idle += fleet.hostGpuFreeMilli[h] as number;
        }
        expect(tracker.fragmentMilli()).toBeCloseTo(total, 6);
        // Every idle thousandth is in exactly one category.
        expect(tracker.sums).toHaveLength(FRAGMENT_CATEGORIES.length);
        expect(tracker.sums.reduce((a, b) => a + b, 0)).toBeCloseTo(idle, 6);
      },
    ),
  );
});
