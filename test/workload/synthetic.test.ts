import { describe, expect, test } from 'vitest';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { MergedSource } from '../../sim/workload/merged.ts';
import { type RecordedTask, ReplaySource } from '../../sim/workload/replay.ts';
import { SyntheticSource, type SyntheticSpec, type TaskClass } from '../../sim/workload/synthetic.ts';
import { durationUsOf, type Task, type TaskSource } from '../../sim/workload/task.ts';

function drain(source: TaskSource): Task[] {
  const tasks: Task[] = [];
  for (let task = source.nextTask(); task !== undefined; task = source.nextTask()) tasks.push(task);
  return tasks;
}

const classOf = (name: string, weight: number, meanSec = 100): TaskClass => ({
  name,
  weight,
  cpuMilli: 4000,
  memoryMib: 1024,
  gpuCount: 1,
  gpuMilli: 500,
  models: [],
  lifetimeSec: { kind: 'exponential', mean: meanSec },
});

const SPEC: SyntheticSpec = {
  taskCount: 20_000,
  untilUs: null,
  arrivals: { process: 'poisson', ratePerSecond: 2, hourFactors: null, dayFactors: null },
  classes: [classOf('a', 5), classOf('never', 0), classOf('b', 3), classOf('c', 2)],
};

const generate = (spec: SyntheticSpec, seed = 1) => drain(new SyntheticSource(spec, new RandomStreams(seed)));
const nameOf = (task: Task) => (task.request as TaskClass).name;

describe('SyntheticSource', () => {
  test('gives the stated number of tasks in order of arrival, named in that order', () => {
    const tasks = generate(SPEC);
    expect(tasks).toHaveLength(20_000);
    expect(tasks.every((task, i) => task.arrivalUs >= (tasks[i - 1]?.arrivalUs ?? 0))).toBe(true);
    expect(tasks[12_345]?.name).toBe('task-0012345');
    expect(new Set(tasks.map((task) => task.name)).size).toBe(20_000);
  });

  test('draws classes by weight, never one of weight 0, and run times of their mean', () => {
    const tasks = generate(SPEC);
    const share = (name: string) => tasks.filter((task) => nameOf(task) === name).length / tasks.length;
    // Four standard errors of a share of 20,000 draws are at most 0.0142.
    expect(Math.abs(share('a') - 0.5)).toBeLessThan(0.0142);
    expect(Math.abs(share('b') - 0.3)).toBeLessThan(0.0142);
    expect(Math.abs(share('c') - 0.2)).toBeLessThan(0.0142);
    expect(share('never')).toBe(0);
    const meanSec = tasks.reduce((sum, task) => sum + task.durationUs / 1e6, 0) / tasks.length;
    expect(Math.abs(meanSec - 100)).toBeLessThan((4 * 100) / Math.sqrt(20_000));
  });

  test('stops before the end time', () => {
    const tasks = generate({ ...SPEC, taskCount: null, untilUs: 1000e6 });
    expect(tasks.length).toBeGreaterThan(1800);
    expect(tasks.every((task) => task.arrivalUs < 1000e6)).toBe(true);
    const even = { process: 'deterministic', ratePerSecond: 2 } as const;
    expect(generate({ ...SPEC, taskCount: null, untilUs: 10e6, arrivals: even })).toHaveLength(20);
  });

  test('keeps giving nothing once it has ended', () => {
    const source = new SyntheticSource({ ...SPEC, taskCount: 3 }, new RandomStreams(1));
    expect(drain(source)).toHaveLength(3);
    expect(source.nextTask()).toBeUndefined();
  });

  test('moves nothing but their own run times when the lifetimes of one class change', () => {
    const before = generate(SPEC);
    const classes = SPEC.classes.map((c) => (c.name === 'b' ? classOf('b', 3, 900) : c));
    const after = generate({ ...SPEC, classes });
    expect(after.map((task) => [task.arrivalUs, nameOf(task)])).toEqual(
      before.map((task) => [task.arrivalUs, nameOf(task)]),
    );
    after.forEach((task, i) => {
      const beforeUs = before[i]?.durationUs as number;
      if (nameOf(task) === 'b') expect(Math.abs(task.durationUs / beforeUs - 9)).toBeLessThan(0.01);
      else expect(task.durationUs).toBe(beforeUs);
    });
  });

  test('moves neither classes nor run times when the arrivals change', () => {
    const hourFactors = Array.from({ length: 24 }, (_, hour) => 1 + hour);
    const arrivals = { process: 'poisson', ratePerSecond: 7, hourFactors, dayFactors: null } as const;
    const strip = (tasks: readonly Task[]) => tasks.map((task) => [nameOf(task), task.durationUs]);
    expect(strip(generate({ ...SPEC, arrivals }))).toEqual(strip(generate(SPEC)));
  });

  test('depends on the seed', () => {
    expect(generate(SPEC, 2)[0]).not.toEqual(generate(SPEC, 1)[0]);
    expect(generate(SPEC, 2)).toEqual(generate(SPEC, 2));
  });

  test('lets tasks stay for ever, and arrive at once, where only their order counts', () => {
    const classes = SPEC.classes.map((c) => ({ ...c, lifetimeSec: null }));
    const tasks = generate({ ...SPEC, arrivals: null, classes, taskCount: 10 });
    expect(tasks.map((task) => [task.arrivalUs, task.durationUs])).toEqual(Array(10).fill([0, Infinity]));
  });

  test('rejects a workload that would not end, or has no weight', () => {
    const start = (spec: SyntheticSpec) => () => new SyntheticSource(spec, new RandomStreams(1));
    expect(start({ ...SPEC, taskCount: null })).toThrow(/need a number of tasks, an end time, or both/);
    expect(start({ ...SPEC, taskCount: null, untilUs: 1, arrivals: null })).toThrow(
      /need an arrival process/,
    );
    expect(start({ ...SPEC, classes: [classOf('a', 0)] })).toThrow(
      /at least one class with a weight above 0/,
    );
    expect(start({ ...SPEC, classes: [classOf('a', -1)] })).toThrow(
      /class "a": weight must be a number >= 0/,
    );
  });
});

describe('durationUsOf', () => {
  test('rounds to microseconds within 0 and the end of the clock', () => {
    expect([1.5, 0.000_000_4, -3, 1e300, Infinity].map(durationUsOf)).toEqual([1_500_000, 0, 0, 9e15, 9e15]);
  });
});

const recorded = (name: string, arrivalSec: number, durationSec?: number): RecordedTask => ({
  ...classOf('r', 1),
  name,
  arrivalSec,
  durationSec,
});

describe('ReplaySource', () => {
  test('replays tasks by arrival from the first one on, equal arrivals in recorded order', () => {
    const tasks = drain(
      new ReplaySource([recorded('late', 12), recorded('a', 10, 2.5), recorded('b', 10, 0)]),
    );
    expect(tasks.map(({ name, arrivalUs, durationUs }) => [name, arrivalUs, durationUs])).toEqual([
      ['a', 0, 2_500_000],
      ['b', 0, 0],
      ['late', 2_000_000, Infinity],
    ]);
  });

  test('starts at a stated time of the trace, which no task may precede', () => {
    expect(drain(new ReplaySource([recorded('a', 10)], 4))[0]?.arrivalUs).toBe(6_000_000);
    expect(() => new ReplaySource([recorded('a', 10)], 11)).toThrow(
      /"a": it arrives at 10 s, before the start at 11 s/,
    );
    expect(() => new ReplaySource([recorded('a', Number.NaN)])).toThrow(/arrivalSec must be a number/);
    expect(() => new ReplaySource([recorded('a', 1, -1)])).toThrow(/durationSec must be >= 0/);
    expect(drain(new ReplaySource([]))).toEqual([]);
  });
});

describe('MergedSource', () => {
  test('interleaves its sources by arrival, the earlier source first among equals', () => {
    const one = new ReplaySource([recorded('a0', 0), recorded('a5', 5), recorded('a6', 6)], 0);
    const two = new ReplaySource([recorded('b5', 5), recorded('b5too', 5), recorded('b9', 9)], 0);
    const names = drain(new MergedSource([one, new ReplaySource([]), two])).map((task) => task.name);
    expect(names).toEqual(['a0', 'a5', 'b5', 'b5too', 'a6', 'b9']);
  });
});
