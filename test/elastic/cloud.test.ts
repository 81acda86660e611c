import { describe, expect, test } from 'vitest';
import { burst, group, plan, price, reading, runElastic } from './elastic-run.ts';

const S = 1e6;
const onDemand = (saveSec: number) => ({
  checkpoint: { intervalUs: Number.POSITIVE_INFINITY, saveUs: saveSec * S, restoreUs: 2 * S },
});

describe('bursting into another pool', () => {
  const pools = [[0], [1, 2]];
  const cloud = (cap = Number.POSITIVE_INFINITY) =>
    group([1, 2], {
      pool: 1,
      plan: plan({ out: { jobs: 1 }, in: { idleUs: 0 } }),
      boot: 60,
      price: price({ perHour: 3.6, cap }),
    });

  test('A job that has waited long enough goes there, and only jobs that may', () => {
    const { stories, readings } = runElastic({
      hosts: [1, 1, 1],
      pools,
      jobs: [
        { name: 'a', at: 0, runs: 1000 },
        { name: 'b', at: 10, runs: 100, claim: { label: 'free' } },
        { name: 'secret', at: 20, runs: 100, claim: { label: 'secret' } },
        { name: 'c', at: 30, runs: 100, claim: { label: 'free' } },
      ],
      elastic: {
        groups: [cloud()],
        bursts: [burst(0, 1, { waitedUs: 300 * S, mayGo: (label) => label === 'free' })],
      },
    });
    expect(stories.b?.starts).toEqual([{ at: 10 + 300 + 60, hosts: [1] }]);
    expect(stories.c?.starts).toEqual([{ at: 30 + 300 + 60, hosts: [2] }]);
    expect(stories.secret?.starts).toEqual([{ at: 1000, hosts: [0] }]);
    expect(reading(readings, 'elastic.burst.0-1.sent')).toBe(2);
    expect(reading(readings, 'elastic.burst.0-1.after')).toBe(300);
    expect(reading(readings, 'elastic.cloud.cost.compute')).toBeCloseTo(0.2, 12);
  });

  test('A queue of its length sends those that have waited longest', () => {
    const { stories } = runElastic({
      hosts: [1, 1, 1],
      pools,
      jobs: ['a', 'b', 'c', 'd'].map((name, i) => ({ name, at: i, runs: 1000 })),
      elastic: { groups: [cloud()], bursts: [burst(0, 1, { jobs: 3 })] },
    });
    expect(stories.b?.starts).toEqual([{ at: 63, hosts: [1] }]);
    expect(stories.c?.starts).toEqual([{ at: 1000, hosts: [0] }]);
  });

  test('What no host at home can ever take goes at once, and is refused where it may not', () => {
    const run = (mayGo: boolean) =>
      runElastic({
        hosts: [1, 4, 4],
        pools,
        jobs: [{ name: 'wide', at: 5, runs: 10, gpus: 4 }],
        elastic: { groups: [cloud()], bursts: [burst(0, 1, { waitedUs: 300 * S, mayGo: () => mayGo })] },
      }).stories.wide;
    expect(run(true)?.starts).toEqual([{ at: 65, hosts: [1] }]);
    expect(run(false)?.rejected).toBe('never-fits:gpu-count');
  });

  test('At the cap nobody is sent, hosts drain, and who waits there comes home', () => {
    const { stories, readings } = runElastic({
      hosts: [1, 1, 1],
      pools,
      jobs: [
        { name: 'home', at: 0, runs: 400 },
        { name: 'a', at: 0, runs: 500 },
        { name: 'b', at: 0, runs: 500 },
        { name: 'c', at: 0, runs: 50 },
      ],
      elastic: { groups: [cloud(0.4)], bursts: [burst(0, 1, { waitedUs: 10 * S })] },
    });
    // Two hosts from 70 s at 0.1 cent for each second that has begun: 0.40 USD just after 269 s. c, which waits there, starts at home at 400 s.
    expect(reading(readings, 'elastic.cloud.cappedAt')).toBe(269.000001);
    expect(stories.a?.end).toBe(570);
    expect(stories.c?.starts).toEqual([{ at: 400, hosts: [0] }]);
    expect(reading(readings, 'elastic.burst.0-1.returned')).toBe(1);
    expect(reading(readings, 'elastic.cloud.cost.compute')).toBeCloseTo(1, 12);
  });

  test('What only hosts whose money has run out could take is refused', () => {
    const { stories } = runElastic({
      hosts: [
        { model: 'gpu', gpus: 1 },
        { model: 'cloud', gpus: 1 },
      ],
      jobs: [
        { name: 'a', at: 0, runs: 500, models: ['cloud'] },
        { name: 'b', at: 1, runs: 500, models: ['cloud'] },
        { name: 'late', at: 400, runs: 500, models: ['cloud'] },
      ],
      elastic: {
        groups: [group([1], { plan: plan({ out: { jobs: 1 } }), price: price({ perHour: 36, cap: 1 }) })],
      },
    });
    expect(stories.a?.end).toBe(500);
    expect(stories.b?.rejected).toBe('never-fits:host-closed');
    expect(stories.late?.rejected).toBe('never-fits:host-closed');
  });
});

describe('hosts that are taken back', () => {
  const spot = (noticeSec: number, backSec: number, at: readonly number[]) => ({
    untilUs: null,
    log: at.map((each) => ({ atUs: each * S, hosts: 1 })),
    noticeUs: noticeSec * S,
    backUs: () => backSec * S,
  });
  const run = (saveSec: number, noticeSec: number, backSec = 100) =>
    runElastic({
      hosts: [1],
      jobs: [{ name: 'a', at: 0, runs: 1000, claim: onDemand(saveSec) }],
      elastic: {
        groups: [
          group([0], {
            plan: plan({ out: { jobs: 1 }, in: { idleUs: 0 } }),
            boot: 50,
            spot: spot(noticeSec, backSec, [450]),
            price: price({ perHour: 3.6 }),
          }),
        ],
      },
    });

  test('A host that is taken back by the log is not taken back again at the time that was drawn for that stay', () => {
    const { stories, readings } = runElastic({
      hosts: [1],
      jobs: [{ name: 'a', at: 0, runs: 1000 }],
      horizon: 2000,
      elastic: {
        groups: [
          group([0], {
            plan: plan({ min: 1, max: 1 }),
            start: 1,
            spot: { ...spot(10, 40, [50]), untilUs: () => 300 * S },
          }),
        ],
      },
    });
    // There from 0 to 60, 100 to 410, 450 to 760, ...: the stay that began at 0 would have had its notice at 300.
    expect(stories.a?.stops.slice(0, 3)).toEqual([60, 410, 760]);
    expect(stories.a?.starts.slice(0, 3).map(({ at }) => at)).toEqual([0, 100, 450]);
    expect(reading(readings, 'elastic.cloud.interruptions')).toBe(6);
  });

  test('A job that can save within the notice loses nothing', () => {
    const { stories, readings } = run(30, 120);
    // 400 s of work from 50 s to 450 s; saved at 480 s; host gone at 570 s, back at 670 s, boots to 720 s, reads for 2 s.
    expect(stories.a).toMatchObject({ stops: [480], lost: 0, end: 722 + 600 });
    expect(stories.a?.starts[1]).toEqual({ at: 720, hosts: [0] });
    expect(reading(readings, 'elastic.cloud.interruptions')).toBe(1);
    expect(reading(readings, 'elastic.cloud.interrupted.saved')).toBe(1);
    expect(reading(readings, 'elastic.cloud.cost.compute')).toBeCloseTo((520 + 602) / 1000, 12);
  });

  test('One that cannot works on until it is gone and begins anew, even where the save takes a microsecond too long', () => {
    const { stories, readings } = run(30.000001, 30);
    expect(stories.a).toMatchObject({ stops: [480], lost: 430, end: 480 + 100 + 50 + 1000 });
    expect(reading(readings, 'elastic.cloud.interrupted.lost')).toBe(1);
    expect(reading(readings, 'elastic.cloud.interrupted.lostWork')).toBe(430);
    expect(run(30, 30).stories.a?.lost).toBe(0);
  });

  test('Another host takes its place at once where the group has one', () => {
    const { stories } = runElastic({
      hosts: [1, 1],
      jobs: [{ name: 'a', at: 0, runs: 100, claim: onDemand(10) }],
      elastic: {
        groups: [
          group([0, 1], {
            plan: plan({ max: 1, min: 1 }),
            start: 1,
            boot: 20,
            spot: spot(15, 1000, [50]),
          }),
        ],
      },
      horizon: 2000,
    });
    // Saved at 60 s; the new host is asked for when the notice is given, there being one host too few from then on.
    expect(stories.a?.starts[1]).toEqual({ at: 85, hosts: [1] });
    expect(stories.a?.end).toBe(85 + 2 + 50);
  });

  test('Work that the notice reaches while it starts is saved when it runs, if there is time', () => {
    const { stories } = runElastic({
      hosts: [1],
      jobs: [{ name: 'a', at: 0, runs: 100, claim: onDemand(10) }],
      elastic: {
        groups: [group([0], { plan: plan({ min: 1, max: 1 }), start: 1, spot: spot(40, 60, [50, 151]) })],
      },
      horizon: 2000,
    });
    // Saved at 60 s with 50 s done; gone at 90 s, back at 150 s, reads until 152 s with notice from 151 s: saves at once.
    expect(stories.a).toMatchObject({ stops: [60, 162], lost: 0 });
  });
});
