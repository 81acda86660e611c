import { describe, expect, test } from 'vitest';
import { waterfallReport } from '../../sim/experiment/waterfall.ts';
import { normalizeScenario, type Replication, replicate } from '../../sim/index.ts';

function run(document: object): Replication {
  const checked = normalizeScenario({ apiVersion: 'slicewise/v1', name: 'theory', seed: 3, ...document });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return replicate(checked.scenario, {}, 3);
}

const shareOf = (replication: Replication, bucket: string) =>
  waterfallReport([replication.waterfall!])?.buckets.find((each) => each.bucket === bucket)?.share ??
  Number.NaN;
const metricOf = ({ readings }: Replication, name: string) =>
  readings.find(([each]) => each === name)?.[1].value ?? Number.NaN;

const hosts = (count: number, gpus: number) => ({
  hosts: [{ name: 'h', count, cpu: 64, memory: '1TiB', gpus: { model: 'A100-40GB', count: gpus } }],
});
const jobs = (rate: string, mean: string, tasks: number) => ({
  synthetic: {
    tasks,
    arrivals: { process: 'poisson', rate },
    lifetimes: { work: { kind: 'exponential', mean } },
    classes: [{ name: 'c', cpu: 1, memory: '1GiB', gpus: 1, lifetime: 'work' }],
  },
});

const exponential = (mean: string) => ({ kind: 'exponential', mean });
const failure = (kind: string, mtbf: string, mttr: string) => ({
  kind,
  between: exponential(mtbf),
  repair: exponential(mttr),
});

describe('The waterfall agrees with theory and with the metrics beside it', () => {
  test('of an M/M/c queue the part 1 - rho is not wanted, and nothing is stranded', () => {
    // rho = 42/h x 5 min / 5 = 0.7
    const found = run({
      fleet: hosts(1, 5),
      workload: jobs('42/h', '5m', 200_000),
      experiment: { kind: 'timed', horizon: '150d', warmup: '1d' },
    });
    expect(shareOf(found, 'no-demand')).toBeCloseTo(0.3, 2);
    expect(shareOf(found, 'useful') + shareOf(found, 'no-demand')).toBeCloseTo(1, 12);
    expect(shareOf(found, 'useful')).toBeCloseTo(metricOf(found, 'gpu.allocated.mean'), 9);
  });

  test('what has failed is what the availability of the fleet lacks', () => {
    const found = run({
      fleet: hosts(10, 4),
      workload: jobs('60/h', '10m', 50_000),
      faults: { failures: [failure('host', '5d', '12h'), failure('gpu', '20d', '1d')] },
      experiment: { kind: 'timed', horizon: '60d', warmup: '2d' },
    });
    expect(shareOf(found, 'failed')).toBeGreaterThan(0.05);
    expect(shareOf(found, 'failed')).toBeCloseTo(1 - metricOf(found, 'faults.availability'), 9);
    // Lost work, as the faults count it.
    const lost = waterfallReport([found.waterfall!])!.buckets.find(
      ({ bucket }) => bucket === 'redone',
    )!.gpuHours;
    expect(lost).toBeGreaterThan(0);
    expect(lost * 3600).toBeLessThanOrEqual(metricOf(found, 'faults.lostWork') + 1e-3);
  });

  test('means over replications, and parts of the fleet add up to the whole', () => {
    const runs = [1, 2, 3].map((seed) => {
      const found = run({
        seed,
        fleet: hosts(2, 2),
        workload: jobs(`${30 * seed}/h`, '5m', 500),
        experiment: { kind: 'timed', horizon: '2d' },
      });
      return found.waterfall!;
    });
    const report = waterfallReport(runs, { perMonth: 1000, currency: 'EUR' })!;
    expect(report.capacityGpuHours).toBe(4 * 48);
    const shares = report.buckets.map(({ share }) => share ?? 0);
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    expect(report.buckets.reduce((sum, { costPerMonth = 0 }) => sum + costPerMonth, 0)).toBeCloseTo(1000, 8);
    for (const { gpuHours, causes, ci95, share } of report.buckets) {
      expect(causes.reduce((sum, each) => sum + each.gpuHours, 0)).toBeCloseTo(gpuHours, 9);
      expect(ci95![0]).toBeLessThanOrEqual(share!);
      expect(ci95![1]).toBeGreaterThanOrEqual(share!);
    }
    for (const parts of [report.byPool, report.byMode, report.byModel]) {
      expect(Object.values(parts).reduce((sum, part) => sum + part.capacityGpuHours, 0)).toBe(4 * 48);
    }
    expect(Object.keys(report.byMode)).toEqual(['fraction']);
  });

  test('a job that moves holds both places, and works on neither, for as long as it stands still', () => {
    const slot = { profile: 'L40S-16Q' };
    const found = run({
      fleet: {
        hosts: ['a', 'b'].map((name) => ({
          name,
          cpu: 64,
          memory: '1TiB',
          gpus: { model: 'L40S', count: 1 },
          sharing: { mode: 'vgpu', scheduler: 'fixed-share', series: 'Q' },
        })),
      },
      workload: {
        synthetic: {
          tasks: 2,
          arrivals: { process: 'poisson', rate: '1000/s' },
          classes: [
            { name: 'c', cpu: 1, memory: '1GiB', gpus: 1, slot, lifetime: { kind: 'constant', value: '2h' } },
          ],
        },
      },
      policy: { placement: 'best-fit' },
      changes: [{ at: '10m', hosts: ['a'], running: 'migrate', migrate: 'vsphere-7.0', closed: '5m' }],
      experiment: { kind: 'timed', horizon: '1h' },
    });
    expect(metricOf(found, 'changes.moved')).toBe(2);
    const stunSec = metricOf(found, 'changes.stun.mean');
    const report = waterfallReport([found.waterfall!])!;
    const changing = report.buckets.find(({ bucket }) => bucket === 'changing')!;
    const moving = changing.causes.find(({ cause }) => cause === 'moving')!;
    // Two jobs of a third of a card, each at two places.
    expect(moving.gpuHours * 3600).toBeCloseTo(2 * 2 * 0.333 * stunSec, 2);
    const closed = changing.causes.find(({ cause }) => cause === 'closed:change')!;
    // All of the card for five minutes, and while they move what they do not hold.
    expect(closed.gpuHours * 3600).toBeCloseTo(300 + 0.334 * stunSec, 2);
  });

  test('there is none without runs, and nothing in a run that ends within its warm-up', () => {
    expect(waterfallReport([])).toBeUndefined();
    const found = run({
      fleet: hosts(1, 1),
      workload: jobs('60/h', '5m', 5),
      experiment: { kind: 'timed', warmup: '2d' },
    });
    expect(found.waterfall).toMatchObject({ capacity: '0', lines: [] });
    expect(waterfallReport([found.waterfall!])?.buckets[0]?.share).toBeNull();
  });
});
