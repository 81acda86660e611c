import { describe, expect, test } from 'vitest';
import { giveBack } from '../../sim/experiment/give-back/give-back.ts';

const SEEDS = [1, 2, 3, 4];

const scenario = (host: object, classes: readonly object[], policy: object = {}, rate = '20/h') => ({
  apiVersion: 'slicewise/v1',
  name: 'give-back',
  fleet: {
    hosts: [{ name: 'h', count: 4, memory: '1TiB', gpus: { model: 'A100-40GB', count: 4 }, ...host }],
  },
  workload: {
    synthetic: {
      tasks: 1000,
      arrivals: { process: 'poisson', rate },
      classes: classes.map((each, i) => ({
        name: `c${i}`,
        memory: '1GiB',
        lifetime: { kind: 'exponential', mean: '30m' },
        ...each,
      })),
    },
  },
  policy,
  experiment: { kind: 'timed', horizon: '2d' },
});

describe('What one change would give back', () => {
  test('GPUs stranded by CPU come back with more cores, and the gain is confirmed', () => {
    // Each job takes one GPU of four and half of the cores.
    const found = giveBack(scenario({ cpu: 16 }, [{ cpu: 8, gpus: 1 }]), {}, SEEDS);
    const cpu = found.find(({ bucket }) => bucket === 'cpu');
    expect(cpu?.gpuHours).toBeGreaterThan(50);
    const [first] = cpu!.changes;
    expect(first).toMatchObject({ settings: ['fleet.hosts.h.cpu=32'], isConfirmed: true });
    // With twice the cores the GPUs are the limit: nothing is stranded by CPU.
    expect(first!.gpuHours).toBeCloseTo(cpu!.gpuHours, 6);
    expect(first!.ci95![0]).toBeGreaterThan(0);
    expect(first!.usefulGpuHours).toBeGreaterThan(0);
    expect(first!.waitP95Sec).toBeLessThan(0);
  });

  test('GPUs held by order come back when others may overtake', () => {
    const classes = [
      { cpu: 1, gpus: 4, models: ['A100-40GB'] },
      { cpu: 1, gpus: 1, models: ['L4'], weight: 3 },
    ];
    const document = scenario({ cpu: 64 }, classes, { scheduling: { fill: 'block' } }, '22/h');
    document.fleet.hosts.push({
      ...document.fleet.hosts[0]!,
      name: 'l',
      count: 2,
      gpus: { model: 'L4', count: 4 },
    });
    const order = giveBack(document, {}, [...SEEDS, 5, 6, 7, 8, 9, 10]).find(
      ({ bucket }) => bucket === 'order',
    );
    expect(order?.gpuHours).toBeGreaterThan(5);
    expect(order?.changes[0]?.isConfirmed).toBe(true);
    expect(order?.changes.map(({ text }) => text).sort()).toEqual(['fill rule easy', 'fill rule skip']);
  });

  test('fewer hosts are confirmed only where nobody waits longer', () => {
    const idle = (rate: string) =>
      giveBack(scenario({ cpu: 64 }, [{ cpu: 1, gpus: 1 }], {}, rate), {}, SEEDS).find(
        ({ bucket }) => bucket === 'no-demand',
      )?.changes[0];
    // 16 GPUs for one job on average; and for 13, when some wait already.
    expect(idle('2/h')).toMatchObject({
      settings: ['fleet.hosts.h.count=3'],
      isConfirmed: true,
      gpuHours: 4 * 48,
    });
    expect(idle('26/h')).toMatchObject({ isConfirmed: false });
  });

  test('one run confirms nothing', () => {
    const [first] = giveBack(scenario({ cpu: 16 }, [{ cpu: 8, gpus: 1 }]), {}, [1]);
    expect(first?.changes.every(({ isConfirmed, ci95 }) => !isConfirmed && ci95 === undefined)).toBe(true);
  });
});
