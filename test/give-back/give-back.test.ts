import { describe, expect, test } from 'vitest';
import { giveBack } from '../../sim/index.ts';
import { bucketOf, changeOf, smallFleet } from './small-fleet.ts';

const SEEDS = [1, 2, 3, 4];

describe('What one change would give back', () => {
  test('GPUs stranded by CPU come back with more cores, and the gain is confirmed', () => {
    // Each job takes one GPU of four and half of the cores.
    const cpu = bucketOf(smallFleet({ cpu: 16 }, [{ cpu: 8 }]), 'cpu', SEEDS);
    expect(cpu.gpuHours).toBeGreaterThan(50);
    const [first] = cpu.changes;
    expect(first).toMatchObject({ set: { 'fleet.hosts.h.cpu': '32000m' }, isConfirmed: true, worse: [] });
    // With twice the cores the GPUs are the limit: nothing is stranded by CPU.
    expect(first!.gpuHours).toBeCloseTo(cpu.gpuHours, 6);
    expect(first!.ci95![0]).toBeGreaterThan(0);
    expect(first!.usefulGpuHours).toBeGreaterThan(0);
    expect(first!.waitP95Sec).toBeLessThan(0);
  });

  test('GPUs held by order come back when others may overtake', () => {
    const classes = [
      { gpus: 4, models: ['A100-40GB'] },
      { gpus: 1, models: ['L4'], weight: 3 },
    ];
    const document = smallFleet({}, classes, { policy: { scheduling: { fill: 'block' } }, rate: '22/h' });
    document.fleet.hosts.push({
      ...document.fleet.hosts[0]!,
      name: 'l',
      count: 2,
      gpus: { model: 'L4', count: 4 },
    });
    const order = bucketOf(document, 'order', [...SEEDS, 5, 6, 7, 8, 9, 10]);
    expect(order.gpuHours).toBeGreaterThan(5);
    expect(order.changes[0]?.isConfirmed).toBe(true);
    expect(order.changes.map(({ text }) => text).sort()).toEqual(['fill rule easy', 'fill rule skip']);
  });

  test('GPUs stranded by GPU memory come back with larger GPUs, and when jobs ask for what they use', () => {
    // 24 GiB of 40 and a fifth of the compute: a second one does not fit. Each uses 9 GiB.
    const document = smallFleet(
      { count: 1, sharing: 'hook' },
      [
        {
          slot: { memory: '24GiB', compute: '20%' },
          use: { busy: '20%', compute: '20%', memory: '9GiB' },
          models: ['A100-40GB'],
        },
      ],
      { rate: '20/h' },
    );
    const found = bucketOf(document, 'gpu-memory', SEEDS);
    expect(found.gpuHours).toBeGreaterThan(20);
    const larger = changeOf(found, 'A100 SXM4 80GB in place of A100-40GB');
    expect(larger.isConfirmed).toBe(true);
    // Who named the model accepts the larger one in its place, else nobody would run.
    expect(larger.set['workload.synthetic.classes.c0.models']).toEqual(['a100-sxm4-80gb']);
    expect(larger.usefulGpuHours).toBeGreaterThan(0);
    const smaller = changeOf(found, 'asks for no more than it uses');
    expect(smaller.isConfirmed).toBe(true);
    expect(smaller.set['workload.synthetic.classes.c0.slot']).toEqual({ compute: '200m', memory: '9216MiB' });
    expect(smaller.waitP95Sec).toBeLessThan(0);
  });

  test('GPUs held by a limit come back without it, and those held by a quota when queues may borrow', () => {
    const limited = (scheduling: object, queueing?: string) =>
      bucketOf(
        smallFleet({ count: 2 }, [{ tenant: 'a' }], { rate: '12/h', policy: { queueing, scheduling } }),
        'limits',
        SEEDS,
      );
    const users = limited({ maxGpusPerUser: 4 });
    expect(changeOf(users, 'no maxGpusPerUser')).toMatchObject({
      set: { 'policy.scheduling.maxGpusPerUser': null },
      isConfirmed: true,
    });
    const quotas = limited({ quotas: { a: { guaranteed: 2, max: 4 } } }, 'quotas');
    expect(changeOf(quotas, 'borrow without limit').isConfirmed).toBe(true);
    expect(changeOf(quotas, 'may have 8 GPUs').isConfirmed).toBe(true);
  });

  test('work that is done again is less with checkpoints twice as often, and writing them less when half as often', () => {
    const document = smallFleet(
      { count: 2 },
      [{ checkpoint: { every: '1h', save: '1m' }, lifetime: { kind: 'constant', value: '6h' } }],
      {
        rate: '1/h',
        horizon: '20d',
        faults: {
          failures: [
            {
              kind: 'host',
              between: { kind: 'exponential', mean: '20h' },
              repair: { kind: 'constant', value: '1h' },
            },
          ],
        },
      },
    );
    const redone = changeOf(bucketOf(document, 'redone', SEEDS), 'twice as often');
    expect(redone.isConfirmed).toBe(true);
    // A job that stops at random between two checkpoints loses half an interval.
    expect(redone.set['workload.synthetic.classes.c0.checkpoint']).toMatchObject({
      every: '30m',
      save: '1m',
    });
    const saving = changeOf(bucketOf(document, 'overhead', SEEDS), 'half as often');
    expect(saving.isConfirmed).toBe(true);
  });

  test('what is held for want of a licence comes back with more licences', () => {
    const document = smallFleet(
      { count: 1, gpus: { model: 'A100-40GB', count: 4 }, sharing: { mode: 'vgpu', series: 'C' } },
      [{ slot: { profile: 'A100X-40C' }, use: { busy: '100%', memory: '10GiB' } }],
      { rate: '6/h', licences: { pools: [{ name: 'nv', edition: 'nvaie', metric: 'user', entitled: 1 }] } },
    );
    const licence = bucketOf(document, 'licence', SEEDS);
    // 15 frames a second do not matter here; compute is slow after 20 minutes.
    expect(licence.gpuHours).toBeGreaterThan(1);
    expect(changeOf(licence, '2 licences nv').isConfirmed).toBe(true);
  });

  test('one run confirms nothing', () => {
    const { buckets, seeds } = giveBack(smallFleet({ cpu: 16 }, [{ cpu: 8 }]), {}, [1]);
    expect(seeds).toBe(1);
    const changes = buckets.flatMap((each) => each.changes);
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.every(({ isConfirmed, ci95 }) => !isConfirmed && ci95 === undefined)).toBe(true);
  });

  test('a fill experiment has nothing to give back', () => {
    const document = { ...smallFleet({}, [{}]), experiment: { kind: 'fill' } };
    expect(() => giveBack(document, {}, [1])).toThrow(RangeError);
  });
});
