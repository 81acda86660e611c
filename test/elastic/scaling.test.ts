import { describe, expect, test } from 'vitest';
import { DAY_US } from '../../sim/policies/autoscaling/index.ts';
import { group, plan, price, reading, runElastic, step } from './elastic-run.ts';

const S = 1e6;
const saves = { checkpoint: { intervalUs: Number.POSITIVE_INFINITY, saveUs: 5 * S, restoreUs: 3 * S } };

describe('hosts that come with the queue', () => {
  test('A job waits for one boot; the host stays for its idle time and is billed by the second with a minimum', () => {
    const { stories, readings, endUs } = runElastic({
      hosts: [1, 1],
      jobs: [{ name: 'a', at: 10, runs: 100.4 }],
      elastic: {
        groups: [
          group([0, 1], {
            plan: plan({ out: { jobs: 1 }, in: { idleUs: 60 * S } }),
            boot: 90,
            price: price({ perHour: 3.6, minimumUs: 60 * S }),
          }),
        ],
      },
    });
    // Asked at 10 s, there at 100 s, works until 200.4 s, leaves at 260.4 s: 160.4 s there, 161 s billed at 0.1 cent.
    expect(stories.a).toMatchObject({ starts: [{ at: 100, hosts: [0] }], end: 200.4 });
    expect(endUs).toBe(260_400_000);
    expect(reading(readings, 'elastic.cloud.hostHours')).toBe(160.4 / 3600);
    expect(reading(readings, 'elastic.cloud.cost.compute')).toBeCloseTo(0.161, 12);
    expect(reading(readings, 'elastic.cloud.boot.mean')).toBe(90);
    expect(reading(readings, 'elastic.cloud.wait.mean')).toBe(90);
    expect(reading(readings, 'elastic.cloud.asked')).toBe(1);
    expect(reading(readings, 'elastic.cloud.released')).toBe(1);
    // One GPU of one that was there is allocated for 100.4 of 160.4 s.
    expect(reading(readings, 'gpu.allocated.mean')).toBeCloseTo(100.4 / 160.4, 12);
    expect(reading(readings, 'gpu.allocated.peak')).toBe(1);
    expect(reading(readings, 'gpu.allocated.end')).toBeNull();
  });

  test('A stay shorter than the minimum costs the minimum, the boot is billed where that is said, and egress by class', () => {
    const run = (billsBoot: boolean) =>
      runElastic({
        hosts: [1],
        jobs: [
          { name: 'a', at: 0, runs: 10, claim: { label: 'render' } },
          { name: 'b', at: 100, runs: 10, claim: { label: 'other' } },
        ],
        elastic: {
          groups: [
            group([0], {
              plan: plan({ out: { jobs: 1 }, in: { idleUs: 0 } }),
              boot: 30,
              price: price({
                perHour: 36,
                minimumUs: 25 * S,
                billsBoot,
                egressPerGb: 0.09,
                egressGb: { default: 1, byClass: { render: 120 } },
              }),
            }),
          ],
        },
      }).readings;
    expect(reading(run(false), 'elastic.cloud.cost.compute')).toBeCloseTo(0.5, 12);
    expect(reading(run(true), 'elastic.cloud.cost.compute')).toBeCloseTo(0.8, 12);
    expect(reading(run(false), 'elastic.cloud.cost.egress')).toBeCloseTo(121 * 0.09, 12);
    expect(reading(run(false), 'elastic.cost')).toBeCloseTo(0.5 + 121 * 0.09, 12);
  });

  test('As many hosts are asked for as the waiting GPUs fill, those that boot counted, and no more than the maximum', () => {
    const jobs = [0, 0, 0, 5, 5].map((at, i) => ({ name: `j${i}`, at, runs: 50, gpus: 2 }));
    const run = (max: number) =>
      runElastic({
        hosts: [4, 4, 4, 4],
        jobs,
        elastic: {
          groups: [
            group([0, 1, 2, 3], { plan: plan({ max, out: { gpus: 1 }, in: { idleUs: 0 } }), boot: 20 }),
          ],
        },
      });
    const three = run(4);
    // At 0 s 6 GPUs wait: two hosts; at 5 s 10 GPUs: one more.
    expect(reading(three.readings, 'elastic.cloud.asked')).toBe(3);
    expect(Object.values(three.stories).map(({ starts }) => starts[0]?.at)).toEqual([20, 20, 20, 20, 25]);
    const two = run(2);
    expect(reading(two.readings, 'elastic.cloud.hosts.peak')).toBe(2);
    expect(Object.values(two.stories).map(({ starts }) => starts[0]?.at)).toEqual([20, 20, 20, 20, 70]);
  });

  test('Steps of one host wait for the last one to boot and for the cool-down', () => {
    const { stories } = runElastic({
      hosts: [1, 1, 1],
      jobs: [0, 0, 0].map((at, i) => ({ name: `j${i}`, at, runs: 1000 })),
      elastic: {
        groups: [group([0, 1, 2], { plan: plan({ out: { jobs: 1, by: 1, cooldownUs: 45 * S } }), boot: 10 })],
      },
      horizon: 500,
    });
    expect(Object.values(stories).map(({ starts }) => starts[0]?.at)).toEqual([10, 55, 100]);
  });

  test('A wait of its length brings a host, and jobs that it could not take do not', () => {
    const run = (model: string) =>
      runElastic({
        hosts: [
          { model: 'small', gpus: 1 },
          { model: 'big', gpus: 1 },
          { model: 'small', gpus: 1 },
        ],
        jobs: [
          { name: 'a', at: 0, runs: 300, models: [model] },
          { name: 'b', at: 7, runs: 300, models: [model] },
        ],
        elastic: { groups: [group([2], { plan: plan({ out: { waitedUs: 60 * S } }), boot: 5 })] },
      }).stories.b?.starts[0];
    expect(run('small')).toEqual({ at: 7 + 60 + 5, hosts: [2] });
    expect(run('big')).toEqual({ at: 300, hosts: [1] });
  });
});

describe('hosts that come with the load', () => {
  test('More than 85 % for the window brings a host; less than 30 % for its window lets the emptiest go', () => {
    const { readings, stories, endUs } = runElastic({
      hosts: [2, 2],
      jobs: [
        { name: 'a', at: 0, runs: 1000 },
        { name: 'b', at: 10, runs: 400 },
      ],
      elastic: {
        groups: [
          group([0, 1], {
            plan: plan({
              min: 1,
              out: { allocated: { above: 0.85, forUs: 300 * S } },
              in: { allocated: { below: 0.3, forUs: 100 * S } },
            }),
            boot: 20,
          }),
        ],
      },
    });
    // 2 of 2 GPUs from 10 s: asked at 310 s, there at 330 s: 2 of 4. From 410 s 1 of 4: from then 25 %, gone at 510 s.
    expect(stories.a?.end).toBe(1000);
    expect(endUs).toBe(1000 * S);
    expect(reading(readings, 'elastic.cloud.hostHours')).toBeCloseTo((1000 + 180) / 3600, 12);
  });

  test('A busy host that is to leave waits for its jobs, or sends away those that can save their state', () => {
    const run = (running: 'wait' | 'preempt', canSave: boolean) =>
      runElastic({
        hosts: [4, 4],
        jobs: [
          { name: 'a', at: 0, runs: 300, gpus: 3 },
          { name: 'b', at: 0, runs: 300, gpus: 2, claim: canSave ? saves : {} },
          { name: 'c', at: 100, runs: 1, gpus: 1 },
        ],
        elastic: {
          groups: [
            group([0, 1], {
              start: 2,
              plan: plan({ min: 1, in: { allocated: { below: 0.7, forUs: 60 * S } } }),
              clearing: { running, migratePath: null },
            }),
          ],
        },
      });
    // 5 of 8 GPUs at 0 s: host 1, the emptier one, leaves at 60 s.
    const waits = run('wait', true);
    expect(waits.stories.b?.end).toBe(300);
    expect(reading(waits.readings, 'elastic.cloud.hostHours')).toBe(600 / 3600);
    // It saves until 65 s, waits for 3 + 2 GPUs to be free at 300 s, and reads its state for 3 s.
    const sent = run('preempt', true);
    expect(sent.stories.b).toMatchObject({ stops: [65], lost: 0, end: 300 + 3 + 240 });
    expect(reading(sent.readings, 'elastic.cloud.hostHours')).toBe((543 + 65) / 3600);
    expect(run('preempt', false).stories.b?.end).toBe(300);
  });

  test('A host stays for its minimum life, and one that is leaving is kept when it is needed again', () => {
    const run = (minLife: number) =>
      runElastic({
        hosts: [1],
        jobs: [{ name: 'a', at: 0, runs: 10 }],
        elastic: {
          groups: [
            group([0], { plan: plan({ minLifeUs: minLife * S, out: { jobs: 1 }, in: { idleUs: 5 * S } }) }),
          ],
        },
      }).endUs;
    expect(run(0)).toBe(15 * S);
    expect(run(100)).toBe(100 * S);
    const kept = runElastic({
      hosts: [4, 4],
      jobs: [
        { name: 'a', at: 0, runs: 300, gpus: 3 },
        { name: 'b', at: 0, runs: 300, gpus: 2 },
        { name: 'c', at: 100, runs: 50, gpus: 2 },
      ],
      elastic: {
        groups: [
          group([0, 1], {
            start: 2,
            plan: plan({ min: 1, out: { jobs: 1 }, in: { allocated: { below: 0.7, forUs: 60 * S } } }),
            boot: 30,
          }),
        ],
      },
    });
    expect(kept.stories.c?.starts).toEqual([{ at: 100, hosts: [1] }]);
    expect(reading(kept.readings, 'elastic.cloud.asked')).toBe(0);
  });

  test('Hours of the week keep a floor of hosts', () => {
    const { readings } = runElastic({
      hosts: [1, 1, 1],
      jobs: [],
      elastic: {
        groups: [
          group([0, 1, 2], {
            plan: plan({
              in: { idleUs: 0 },
              week: [
                { days: [0, 1, 2, 3, 4], fromUs: DAY_US / 3, toUs: DAY_US * 0.75, hosts: 2 },
                { days: [5], fromUs: 0, toUs: DAY_US, hosts: 3 },
              ],
            }),
          }),
        ],
      },
      horizon: (7 * DAY_US) / S,
    });
    expect(reading(readings, 'elastic.cloud.hostHours')).toBeCloseTo(5 * 10 * 2 + 24 * 3, 9);
    expect(reading(readings, 'elastic.cloud.asked')).toBe(5 * 2 + 3);
  });
});

describe('planned expansion', () => {
  test('A job that only hosts of the future can take waits for them; one that nobody ever can is refused', () => {
    const { stories, readings } = runElastic({
      hosts: [
        { model: 'old', gpus: 1 },
        { model: 'new', gpus: 4 },
      ],
      jobs: [
        { name: 'new', at: 5, runs: 10, models: ['new'] },
        { name: 'wide', at: 6, runs: 10, gpus: 5 },
      ],
      elastic: { steps: [step(1000, [1], true)] },
      rules: { fill: 'skip' },
    });
    expect(stories.new).toMatchObject({ starts: [{ at: 1000, hosts: [1] }], end: 1010 });
    expect(stories.wide?.rejected).toBe('never-fits:gpu-count');
    // 1 GPU until 1000 s and 5 until 1010 s; one of them allocated for the last 10 s.
    expect(reading(readings, 'gpu.allocated.mean')).toBeCloseTo(10 / (1000 + 50), 12);
    expect(reading(readings, 'gpu.capacityMilli')).toBe(5000);
  });

  test('A host that is removed drains, and who waits for it alone is refused then', () => {
    const { stories } = runElastic({
      hosts: [
        { model: 'old', gpus: 1 },
        { model: 'new', gpus: 1 },
      ],
      jobs: [
        { name: 'running', at: 0, runs: 100, models: ['old'] },
        { name: 'waiting', at: 10, runs: 100, models: ['old'] },
        { name: 'other', at: 20, runs: 100 },
        { name: 'late', at: 200, runs: 1, models: ['old'] },
      ],
      elastic: { steps: [step(50, [0], false)] },
    });
    expect(stories.running?.end).toBe(100);
    expect(stories.waiting?.rejected).toBe('never-fits:host-closed');
    expect(stories.other?.end).toBe(150);
    expect(stories.late?.rejected).toBe('never-fits:host-closed');
  });
});
