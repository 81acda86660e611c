import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import { needsSolver, normalizeScenario, replicate, type Scenario } from '../../sim/index.ts';

const solver = await loadSolver();

interface Kind {
  readonly gpus: number;
  readonly gpu: string;
  readonly cpu: number;
}

function documentOf(hosts: readonly (readonly [gpus: number, cpu: number])[], kinds: readonly Kind[]) {
  return {
    apiVersion: 'slicewise/v1',
    name: 'hindsight',
    fleet: {
      hosts: hosts.map(([count, cpu], h) => ({
        ...{ name: `h${h}`, cpu, memory: '64GiB' },
        gpus: { model: 'A100-80GB', count },
      })),
    },
    workload: {
      synthetic: {
        tasks: 6,
        classes: kinds.map((kind, k) => ({ name: `k${k}`, memory: '1GiB', ...kind })),
      },
    },
    policy: { placement: 'worst-fit' },
    experiment: { kind: 'fill', target: 1.2, hindsight: true },
  };
}

function scenarioOf(document: object): Scenario {
  const checked = normalizeScenario(document);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.scenario;
}

interface Task {
  readonly gpuCount: number;
  readonly gpuMilli: number;
  readonly cpuMilli: number;
}

/** The most GPU in thousandths, by trying every place of every task. */
function best(
  tasks: readonly Task[],
  hosts: { cpu: number; left: number[] }[],
  t = 0,
  sure = 0,
  record = { milli: 0 },
): number {
  record.milli = Math.max(record.milli, sure);
  const task = tasks[t];
  if (task === undefined) return record.milli;
  const rest = tasks.slice(t).reduce((sum, each) => sum + each.gpuCount * each.gpuMilli, 0);
  if (sure + rest <= record.milli) return record.milli;
  for (const host of hosts) {
    if (host.cpu < task.cpuMilli) continue;
    for (const gpus of choices(host.left, task)) {
      host.cpu -= task.cpuMilli;
      for (const g of gpus) host.left[g]! -= task.gpuMilli;
      best(tasks, hosts, t + 1, sure + task.gpuCount * task.gpuMilli, record);
      for (const g of gpus) host.left[g]! += task.gpuMilli;
      host.cpu += task.cpuMilli;
    }
  }
  return best(tasks, hosts, t + 1, sure, record);
}

/** Sets of GPUs with room; of GPUs with as much left the first. */
function choices(left: readonly number[], { gpuCount, gpuMilli }: Task, from = 0): number[][] {
  if (gpuCount === 0) return [[]];
  const seen = new Set<number>();
  return left.flatMap((room, g) => {
    if (g < from || room < gpuMilli || (gpuCount === 1 && seen.has(room))) return [];
    seen.add(room);
    return choices(left, { gpuCount: gpuCount - 1, gpuMilli, cpuMilli: 0 }, g + 1).map((more) => [
      g,
      ...more,
    ]);
  });
}

test('on small fleets the bound is the most that trying every place finds', () => {
  let exact = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(1, 2), fc.integer({ min: 2, max: 10 })), {
        minLength: 1,
        maxLength: 2,
      }),
      fc.array(
        fc.record({
          gpus: fc.constantFrom(1, 1, 2),
          gpu: fc.constantFrom('0.3GPU', '0.45GPU', '0.6GPU', '1GPU'),
          cpu: fc.integer({ min: 1, max: 5 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      fc.nat(1000),
      (hosts, kinds, seed) => {
        const whole = kinds.map((kind) => (kind.gpus > 1 ? { ...kind, gpu: '1GPU' } : kind));
        const scenario = scenarioOf(documentOf(hosts, whole));
        const tasks: Task[] = [];
        const { readings } = replicate(scenario, {}, seed, {
          solver,
          observers: () => [{ arrived: (_, { shape }) => void tasks.push(shape) }],
        });
        const value = (name: string) => readings.find(([key]) => key === name)?.[1].value ?? Number.NaN;
        fc.pre(tasks.length <= 12);
        const found = best(
          tasks,
          hosts.map(([count, cpu]) => ({ cpu: cpu * 1000, left: Array<number>(count).fill(1000) })),
        );
        const capacity = value('gpu.capacityMilli');
        const bound = value('gpu.hindsight.bound') * capacity;
        expect(bound).toBeGreaterThanOrEqual(found - 1e-6);
        expect(value('gpu.allocatedMilli')).toBeLessThanOrEqual(found);
        if (value('gpu.hindsight.exact') === 1) {
          exact += 1;
          expect(bound).toBeCloseTo(found, 6);
        }
        if (bound > 0)
          expect(value('gpu.hindsight.reached')).toBeCloseTo(value('gpu.allocatedMilli') / bound, 9);
      },
    ),
    { numRuns: 60 },
  );
  expect(exact).toBeGreaterThan(30);
});

test('the question changes nothing else of a run', () => {
  const document = documentOf([[2, 16]], [{ gpus: 1, gpu: '0.6GPU', cpu: 1 }]);
  const asked = replicate(scenarioOf(document), {}, 3, { solver });
  const { hindsight: _, ...experiment } = document.experiment;
  const plain = replicate(scenarioOf({ ...document, experiment }), {}, 3);
  expect(asked.digest).toBe(plain.digest);
  expect(asked.readings.filter(([name]) => !name.includes('.hindsight.'))).toEqual(plain.readings);
});

test('it needs a solver', () => {
  const document = documentOf([[1, 8]], [{ gpus: 1, gpu: '0.5GPU', cpu: 1 }]);
  const scenario = scenarioOf(document);
  expect(needsSolver(scenario)).toBe(true);
  expect(() => replicate(scenario, {}, 1)).toThrow('without a solver');
});
