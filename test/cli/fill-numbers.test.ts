import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PLACEMENT_POLICY_NAMES, type RunResult } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

/** Hosts of the fleet below: name, milli-CPU, MiB, models of the GPUs. */
const HOSTS = [
  ['a-0000', 16000, 65536, ['A', 'A', 'A', 'A']],
  ['a-0001', 16000, 65536, ['A', 'A', 'A', 'A']],
  ['b', 32000, 65536, ['A', 'B', 'B', 'B']],
  ['c', 8000, 16384, ['B']],
  ['d', 64000, 65536, []],
] as const;

/** Classes of the workload below: CPU, GPUs, thousandths of each, models, share of the tasks. */
const MIX = [
  [2000, 1, 300, [], 5 / 16],
  [4000, 1, 1000, ['A'], 4 / 16],
  [3000, 2, 1000, [], 3 / 16],
  [8000, 1, 700, ['B'], 3 / 16],
  [6000, 0, 0, [], 1 / 16],
] as const;

const FILL_YAML = `apiVersion: slicewise/v1
name: filled
fleet:
  hosts:
    - { name: a, count: 2, cpu: 16, memory: 64GiB, gpus: { model: A, count: 4 } }
    - { name: b, cpu: 32, memory: 64GiB, gpus: [ { model: A, count: 1 }, { model: B, count: 3 } ] }
    - { name: c, cpu: 8, memory: 16GiB, gpus: { model: B, count: 1 } }
    - { name: d, cpu: 64, memory: 64GiB }
workload:
  synthetic:
    tasks: 40
    classes:
      - { name: share, weight: 5, cpu: 2, memory: 4GiB, gpus: 1, gpu: 300m }
      - { name: one, weight: 4, cpu: 4, memory: 8GiB, gpus: 1, models: [A] }
      - { name: two, weight: 3, cpu: 3, memory: 8GiB, gpus: 2 }
      - { name: big, weight: 3, cpu: 8, memory: 20GiB, gpus: 1, gpu: 700m, models: [B] }
      - { name: none, weight: 1, cpu: 6, memory: 2GiB }
policy: { typicalShare: 100% }
experiment: { kind: fill }
`;

interface EventLine {
  readonly kind: 'arrived' | 'placed' | 'rejected';
  readonly job: string;
  readonly cpuMilli: number;
  readonly memoryMib: number;
  readonly gpuCount: number;
  readonly gpuMilli: number;
  readonly models: readonly string[];
  readonly host: string;
  readonly gpus: readonly number[];
  readonly reason: string;
}

/** Expected fragment of a host, in thousandths of a GPU, as the documentation defines it. */
function slowFragment(cpuFree: number, left: readonly number[], models: readonly string[]): number {
  const idle = left.reduce((sum, each) => sum + each, 0);
  let expected = 0;
  for (const [cpu, count, milli, accepted, share] of MIX) {
    const fits = (g: number) =>
      (left[g] as number) >= milli &&
      (accepted.length === 0 || accepted.some((model) => model === models[g]));
    const withRoom = left.map((_, g) => g).filter(fits);
    const isOfUse = count > 0 && cpu <= cpuFree && withRoom.length >= count;
    const usable = isOfUse ? withRoom.reduce((sum, g) => sum + (left[g] as number), 0) : 0;
    expected += share * (idle - usable);
  }
  return expected;
}

test.each(PLACEMENT_POLICY_NAMES)(
  'a %s fill run: allocation, fragmentation, curves and reasons follow from its events, and nothing is over-committed',
  async (placement) => {
    const scenario = folder.write('fill.yaml', FILL_YAML);
    const events = folder.at('events.jsonl');
    const decisions = folder.at('decisions.csv');
    const settings = ['--set', `policy.placement=${placement}`, '--seed', '11'];
    const run = await inProcess([
      ...['run', scenario, '--json', '--events', events, '--decisions', decisions],
      ...settings,
    ]);
    const { metrics, groups, series, explanations } = JSON.parse(run.out) as RunResult;
    const metric = (name: string) => metrics[name]?.value ?? Number.NaN;

    const state = HOSTS.map(([name, cpu, memory, models]) => ({
      name,
      cpu,
      memory,
      models,
      left: models.map(() => 1000),
    })) as { name: string; cpu: number; memory: number; models: readonly string[]; left: number[] }[];
    const capacity = 1000 * state.reduce((sum, host) => sum + host.left.length, 0);
    const asked = new Map<string, EventLine>();
    const cells = new Map<
      number,
      { attempts: number; allocated: number; fragmented: number; ratio: number }
    >();
    const reasons = new Map<string, number>();
    const byModel = new Map<string, number>();
    const rows: string[] = [];
    let requested = 0;
    let allocated = 0;
    for (const line of readFileSync(events, 'utf8').trimEnd().split('\n')) {
      const event = JSON.parse(line) as EventLine;
      if (event.kind === 'arrived') {
        asked.set(event.job, event);
        continue;
      }
      const job = asked.get(event.job) as EventLine;
      requested += job.gpuCount * job.gpuMilli;
      if (event.kind === 'placed') {
        const host = state.find(({ name }) => name === event.host);
        if (host === undefined) throw new Error(`no host ${event.host}`);
        host.cpu -= job.cpuMilli;
        host.memory -= job.memoryMib;
        expect(Math.min(host.cpu, host.memory)).toBeGreaterThanOrEqual(0);
        expect(new Set(event.gpus).size).toBe(job.gpuCount);
        for (const g of event.gpus) {
          host.left[g]! -= job.gpuMilli;
          expect(host.left[g]).toBeGreaterThanOrEqual(0);
          const model = host.models[g] as string;
          if (job.models.length > 0) expect(job.models).toContain(model);
          byModel.set(model, (byModel.get(model) ?? 0) + job.gpuMilli);
        }
        allocated += job.gpuCount * job.gpuMilli;
        rows.push(`${event.job},${event.host},${event.gpus.join('-')}`);
      } else {
        reasons.set(event.reason, (reasons.get(event.reason) ?? 0) + 1);
        rows.push(`${event.job},,`);
      }
      const fragment = state.reduce((sum, host) => sum + slowFragment(host.cpu, host.left, host.models), 0);
      const column = Math.floor((100 * requested) / capacity + 0.5);
      const cell = cells.get(column) ?? { attempts: 0, allocated: 0, fragmented: 0, ratio: 0 };
      cell.attempts += 1;
      cell.allocated += (100 * allocated) / capacity;
      cell.fragmented += (100 * fragment) / capacity;
      cell.ratio += allocated === capacity ? 0 : (100 * fragment) / (capacity - allocated);
      cells.set(column, cell);
    }

    expect(readFileSync(decisions, 'utf8').trimEnd().split('\n')).toEqual(['job,host,gpus', ...rows]);
    expect(metric('gpu.requestedMilli')).toBe(requested);
    expect(metric('gpu.allocatedMilli')).toBe(allocated);
    expect(metric('gpu.allocated.end')).toBeCloseTo(allocated / capacity, 12);
    for (const [model, milli] of byModel) {
      expect(groups.gpuModel[model]?.['gpu.allocatedMilli']?.value).toBe(milli);
    }
    const fragment = state.reduce((sum, host) => sum + slowFragment(host.cpu, host.left, host.models), 0);
    expect(metric('fragmentation.end')).toBeCloseTo(fragment / capacity, 9);
    const categories = Object.entries(metrics).filter(([name]) => /^fragmentation\.[a-z-]+\.end$/.test(name));
    expect(categories).toHaveLength(7);
    const idle = categories.reduce((sum, [, { value }]) => sum + (value ?? Number.NaN), 0);
    expect(idle).toBeCloseTo(1 - allocated / capacity, 9);

    expect(series.fill?.arrivedPct).toHaveLength(Math.max(...cells.keys()) + 1);
    series.fill?.arrivedPct.forEach((column) => {
      const cell = cells.get(column);
      const mean = (sum: number | undefined) => (cell === undefined ? null : (sum as number) / cell.attempts);
      expectClose(series.fill?.allocatedPct[column], mean(cell?.allocated));
      expectClose(series.fill?.fragmentedPct[column], mean(cell?.fragmented));
      expectClose(series.fill?.fragRatioPct[column], mean(cell?.ratio));
    });

    const total = [...reasons.values()].reduce((sum, jobs) => sum + jobs, 0);
    expect(total).toBeGreaterThan(0);
    expect(metric('jobs.rejected')).toBe(total);
    expect(metric('jobs.arrived')).toBe(asked.size);
    expect(metric('jobs.placed')).toBe(asked.size - total);
    for (const [reason, jobs] of reasons) {
      expect(metric(`jobs.rejected.${reason}`)).toBe(jobs);
      expect(explanations.find((each) => each.reason === reason)?.jobs).toBe(jobs);
    }
    expect(explanations).toHaveLength(reasons.size);
  },
);

function expectClose(got: number | null | undefined, wanted: number | null): void {
  if (wanted === null) expect(got).toBeNull();
  else expect(got).toBeCloseTo(wanted, 9);
}
