import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CLOSED_FOR, Fleet, GPU_CLOSED_FOR } from '../../sim/cluster/fleet.ts';
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

const hostReasons = Object.keys(CLOSED_FOR) as (keyof typeof CLOSED_FOR)[];
const gpuReasons = Object.keys(GPU_CLOSED_FOR) as (keyof typeof GPU_CLOSED_FOR)[];

/** What closes or opens on the way: a host or a GPU (taken modulo how many there are), and why. */
const closings = fc.record({
  at: fc.nat(24),
  ofHost: fc.option(fc.constantFrom(...hostReasons)),
  ofGpu: fc.constantFrom(...gpuReasons),
  which: fc.nat(50),
  isClosed: fc.boolean(),
});

/** Hosts and GPUs that nobody may start on. A claim keeps room for somebody, so it does not count. */
class Shut {
  readonly hosts = new Set<string>();
  readonly gpus = new Set<string>();

  static note(set: Set<string>, which: number, reason: string, isClosed: boolean): void {
    if (reason === 'claim') return;
    if (isClosed) set.add(`${which} ${reason}`);
    else set.delete(`${which} ${reason}`);
  }

  static has(set: ReadonlySet<string>, which: number): boolean {
    return [...set].some((each) => each.startsWith(`${which} `));
  }
}

/** The definition read off the paper, one host and one task at a time, in plain words and without any sharing of work. */
function slowFragment(
  fleet: Fleet,
  host: number,
  mix: readonly TypicalShape[],
  shut: Shut,
): { readonly expected: number; readonly idle: number } {
  const gpus = [];
  for (let g = fleet.gpuStart[host] as number; g < (fleet.gpuStart[host + 1] as number); g++) {
    if (Shut.has(shut.gpus, g)) continue;
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
  return { expected, idle };
}

test('Expected fragment equals the definition, host by host, whatever has been placed and whatever takes nobody in', () => {
  fc.assert(
    fc.property(
      hostSpecs,
      fc.array(requests, { minLength: 1, maxLength: 6 }),
      fc.array(requests, { maxLength: 25 }),
      fc.array(closings, { maxLength: 12 }),
      (hosts, mixed, placed, closed) => {
        const shut = new Shut();
        const fleet = new Fleet(hosts);
        const shapes = new ShapeTable(fleet.modelNames);
        const mix = mixed.map((r) => ({ shape: shapes.intern(r), frequency: 1 / mixed.length }));
        const meter = new FragmentationMeter(fleet, mix);
        const tracker = new FragmentationTracker(fleet, meter);
        for (const [i, request] of placed.entries()) {
          for (const { at, ofHost, ofGpu, which, isClosed } of closed) {
            if (at !== i) continue;
            if (ofHost !== null) {
              fleet.setClosed(which % hosts.length, isClosed, ofHost);
              Shut.note(shut.hosts, which % hosts.length, ofHost, isClosed);
            } else if (fleet.gpuCount > 0) {
              fleet.setGpuClosed(which % fleet.gpuCount, isClosed, ofGpu);
              Shut.note(shut.gpus, which % fleet.gpuCount, ofGpu, isClosed);
            }
          }
          tracker.openChanged();
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
          const slow = slowFragment(fleet, h, mix, shut);
          const fast = meter.fragment(meter.stateOf(h), fleet.cpuFreeMilli[h] as number);
          expect(fast).toBeCloseTo(slow.expected, 6);
          if (Shut.has(shut.hosts, h)) continue;
          total += slow.expected;
          idle += slow.idle;
        }
        expect(tracker.fragmentMilli()).toBeCloseTo(total, 6);
        expect(tracker.idleMilli).toBe(idle);
        // Whatever was before leaves no trace, not even in the last bit.
        expect(tracker.sums).toEqual(new FragmentationTracker(fleet, meter).sums);
        // Every idle thousandth is in exactly one category.
        expect(tracker.sums).toHaveLength(FRAGMENT_CATEGORIES.length);
        expect(tracker.sums.reduce((a, b) => a + b, 0)).toBeCloseTo(idle, 6);
      },
    ),
  );
});

describe('Hosts that are closed at one instant', () => {
  // A task of three in the mix wants a whole GPU: a third of what is left on each is fragment, 300 and 500/3 thousandths.
  // Taken back out of their rounded sum one by one, they would leave -2.8e-14 in one of the two orders.
  test.each([
    ['first to last', [0, 1]],
    ['last to first', [1, 0]],
  ])('leave no fragment, %s', (_name, order) => {
    const host = (name: string) => {
      const gpus = [{ model: 'A100-40GB', count: 1 }];
      return { name, cpuMilli: 8000, memoryMib: 1024, gpus };
    };
    const fleet = new Fleet([host('a'), host('b')]);
    const shapes = new ShapeTable(fleet.modelNames);
    const shapeOf = (gpuMilli: number) =>
      shapes.intern({ cpuMilli: 0, memoryMib: 0, gpuCount: 1, gpuMilli, models: [] });
    const mix = [
      { shape: shapeOf(100), frequency: 2 / 3 },
      { shape: shapeOf(1000), frequency: 1 / 3 },
    ];
    const tracker = new FragmentationTracker(fleet, new FragmentationMeter(fleet, mix));
    for (const [on, gpuMilli] of [100, 500].entries()) {
      const part = { shape: shapeOf(gpuMilli), host: on, gpus: [0] };
      tracker.placed(0 as Micros, job, [{ ...part, grant: fleet.place(part.shape, on, part.gpus) }]);
    }
    expect(tracker.fragmentMilli()).toBeCloseTo((900 + 500) / 3, 9);
    for (const which of order) fleet.setClosed(which, true, 'absence');
    tracker.openChanged();
    expect(tracker.fragmentMilli()).toBe(0);
    expect([...tracker.sums]).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(tracker.idleMilli).toBe(0);
  });
});
