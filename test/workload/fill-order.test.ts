import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readOpenbPods } from '../../scenarios/importers/openb.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { copyName, type FillTask, fillOrder } from '../../sim/workload/fill-order.ts';
import { needsOpenbFiles, OPENB_FOLDER } from '../importers/openb-files.ts';

const CAPACITY_MILLI = 6_212_000;

const task = (name: string, gpuCount: number, gpuMilli: number): FillTask => ({ name, gpuCount, gpuMilli });
const total = (tasks: readonly FillTask[], order: Iterable<number>) =>
  Array.from(order).reduce((sum, i) => sum + (tasks[i]?.gpuCount ?? 0) * (tasks[i]?.gpuMilli ?? 0), 0);

const taskList = fc
  .array(
    fc.record({ gpuCount: fc.constantFrom(0, 1, 1, 2, 8), gpuMilli: fc.constantFrom(200, 250, 500, 1000) }),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  .map((shapes) => shapes.map(({ gpuCount, gpuMilli }, i) => task(`t${i}`, gpuCount, gpuCount && gpuMilli)))
  .filter((tasks) => tasks.some((t) => t.gpuCount > 0));

describe('fillOrder', () => {
  test('gives every task once and then copies up to the target, or fewer tasks when they exceed it', () => {
    fc.assert(
      fc.property(taskList, fc.integer({ min: 1, max: 40_000 }), fc.nat(1000), (tasks, goalMilli, seed) => {
        const { order, copies, requestedGpuMilli } = fillOrder(tasks, goalMilli, 1, new RandomStreams(seed));
        const given = total(tasks, tasks.keys());
        const firsts = Array.from(order.subarray(0, order.length - copies));
        expect(requestedGpuMilli).toBe(total(tasks, order));
        expect(new Set(firsts).size).toBe(firsts.length);
        if (given <= goalMilli) {
          expect(firsts.toSorted((a, b) => a - b)).toEqual([...tasks.keys()]);
        } else {
          expect(copies).toBe(0);
          expect(requestedGpuMilli).toBeLessThanOrEqual(goalMilli);
        }
        // Before each copy, one of its GPUs still fitted under the goal.
        let sum = total(tasks, firsts);
        for (const i of order.subarray(order.length - copies)) {
          const { gpuCount, gpuMilli } = tasks[i] as FillTask;
          expect(sum + gpuMilli).toBeLessThanOrEqual(goalMilli);
          sum += gpuCount * gpuMilli;
        }
        // The draw that ended the copies asked for at most one whole GPU.
        if (given < goalMilli) expect(requestedGpuMilli).toBeGreaterThan(goalMilli - 1000);
      }),
      { seed: 11, numRuns: 1000 },
    );
  });

  test('depends on the seed and the names, not on the order of the list', () => {
    const tasks = Array.from({ length: 50 }, (_, i) => task(`t${i}`, 1, 100 + i));
    const namesFor = (list: readonly FillTask[], seed: number) =>
      Array.from(fillOrder(list, 10_000, 1.3, new RandomStreams(seed)).order, (i) => list[i]?.name);
    expect(namesFor(tasks.toReversed(), 1)).toEqual(namesFor(tasks, 1));
    expect(namesFor(tasks, 2)).not.toEqual(namesFor(tasks, 1));
  });

  test('leaves a list alone that requests exactly the target', () => {
    const { order, copies } = fillOrder(
      [task('a', 1, 500), task('b', 2, 250)],
      1000,
      1,
      new RandomStreams(1),
    );
    expect([order.length, copies]).toEqual([2, 0]);
  });

  test('removes and copies every task equally often over many seeds', () => {
    const tasks = Array.from({ length: 10 }, (_, i) => task(`t${i}`, 1, 1000));
    const counts = new Array<number>(10).fill(0);
    const copied = new Array<number>(10).fill(0);
    for (let seed = 0; seed < 2000; seed++) {
      for (const i of fillOrder(tasks, 5000, 1, new RandomStreams(seed)).order) counts[i]! += 1;
      for (const i of fillOrder(tasks, 15_000, 1, new RandomStreams(seed)).order.subarray(10))
        copied[i]! += 1;
    }
    // Each is kept in half of 2,000 runs (sd 22) and copied in 5 * 2,000 / 10 (sd 30).
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * 22.4);
    for (const count of copied) expect(Math.abs(count - 1000)).toBeLessThan(4 * 30);
  });

  test('rejects what it cannot fill', () => {
    const fill = (tasks: readonly FillTask[], capacity: number, target: number) => () =>
      fillOrder(tasks, capacity, target, new RandomStreams(1));
    expect(fill([task('a', 1, 1)], 0, 1.3)).toThrow(/need both above 0/);
    expect(fill([task('a', 1, 1)], 1000, Number.NaN)).toThrow(/need both above 0/);
    expect(fill([task('a', 0, 0)], 1000, 1)).toThrow(/none of the tasks asks for GPU/);
    expect(fill([], 1000, 1)).toThrow(/none of the tasks asks for GPU/);
  });

  test('fills the published fleet to 130 % with about as many copies as the published run', async (context) => {
    needsOpenbFiles(context);
    const { tasks } = await readOpenbPods(createReadStream(join(OPENB_FOLDER, 'openb_pod_list_default.csv')));
    const { order, copies, requestedGpuMilli } = fillOrder(tasks, CAPACITY_MILLI, 1.3, new RandomStreams(42));
    expect(order.length).toBe(8152 + copies);
    expect(requestedGpuMilli / CAPACITY_MILLI).toBeCloseTo(1.3, 3);
    expect(Math.abs(copies - 2714)).toBeLessThan(100); // the published run of seed 42 has 2,714
  });

  test('follows the rule that the published arrival list follows', async (context) => {
    needsOpenbFiles(context);
    const { tasks } = await readOpenbPods(createReadStream(join(OPENB_FOLDER, 'oracle-fgd-42', 'pods.csv')));
    const goalMilli = 1.3 * CAPACITY_MILLI;
    const originals = new Set(tasks.slice(0, 8152).map((t) => t.name));
    expect([tasks.length, originals.size]).toEqual([10_866, 8152]);
    let sum = total(
      tasks,
      Array.from({ length: 8152 }, (_, i) => i),
    );
    tasks.slice(8152).forEach((copy, n) => {
      const original = copy.name.slice(0, 'openb-pod-0000'.length);
      expect(originals.has(original)).toBe(true);
      expect(copy.name).toBe(copyName(original, n));
      expect(sum + copy.gpuMilli).toBeLessThanOrEqual(goalMilli);
      sum += copy.gpuCount * copy.gpuMilli;
    });
    expect(sum).toBeGreaterThan(goalMilli - 1000);
  });

  test('keeps the files that request more than 130 % below it', async (context) => {
    needsOpenbFiles(context);
    const { tasks } = await readOpenbPods(
      createReadStream(join(OPENB_FOLDER, 'openb_pod_list_multigpu50.csv')),
    );
    expect(total(tasks, tasks.keys())).toBeGreaterThan(1.3 * CAPACITY_MILLI);
    const { order, copies, requestedGpuMilli } = fillOrder(tasks, CAPACITY_MILLI, 1.3, new RandomStreams(42));
    expect(copies).toBe(0);
    expect(order.length).toBeLessThan(tasks.length);
    expect(requestedGpuMilli).toBeLessThanOrEqual(1.3 * CAPACITY_MILLI);
    expect(requestedGpuMilli).toBeGreaterThan(1.3 * CAPACITY_MILLI - 8000);
  });
});
