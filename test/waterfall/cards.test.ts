import { describe, expect, test } from 'vitest';
import { normalizeScenario, replicate } from '../../sim/index.ts';

/** GPU-seconds by bucket and cause, and for whom they were held back. */
function run(document: object, seed = 1) {
  const checked = normalizeScenario({ apiVersion: 'slicewise/v1', name: 'cards', ...document });
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const { waterfall } = replicate(checked.scenario, {}, seed);
  if (waterfall === undefined) throw new Error('a timed run has a waterfall');
  const sums: Record<string, number> = {};
  let all = 0n;
  for (const { bucket, cause, amount } of waterfall.lines) {
    all += BigInt(amount);
    sums[`${bucket} ${cause}`] = (sums[`${bucket} ${cause}`] ?? 0) + Number(amount) / 1e12;
  }
  expect(`${all}`).toBe(waterfall.capacity);
  return { sums, waterfall };
}

const oneCard = (sharing: object | string, gpus = 1) => ({
  hosts: [{ name: 'h', cpu: 64, memory: '512GiB', gpus: { model: 'A100-40GB', count: gpus }, sharing }],
});

const job = (rest: object) => ({
  name: 'c',
  cpu: 1,
  memory: '1GiB',
  gpus: 1,
  lifetime: { kind: 'constant', value: '1h' },
  ...rest,
});

const oneJob = (rest: object, tasks = 1) => ({
  synthetic: { tasks, arrivals: { process: 'poisson', rate: '1000/s' }, classes: [job(rest)] },
});

describe('GPU-seconds of shared cards, worked out by hand', () => {
  test('writing checkpoints beside the work is overhead, as on GPUs that no mode shares', () => {
    // An hour of work in intervals of ten minutes, each two minutes longer: 720 s of saving.
    const checkpoint = { every: '10m', save: '2m' };
    const use = { busy: '100%', compute: '80%', bandwidth: '0%', memory: '1GiB' };
    const { sums } = run({
      fleet: oneCard('bare-metal'),
      workload: oneJob({ checkpoint, use }),
    });
    expect(sums['useful work']).toBeCloseTo(0.8 * 3600, 1);
    expect(sums['overhead checkpoints']).toBeCloseTo(0.8 * 720, 1);
    expect(sums['idle idle']).toBeCloseTo(0.2 * 4320, 1);
  });

  test('what a tenant without a licence does not do is held by licence, not overhead', () => {
    // Two tenants and one licence. The second has full speed for 20 minutes, then a tenth until the first ends at 2 h.
    const slot = { profile: 'A100X-20C' };
    const use = { busy: '50%', compute: '50%', bandwidth: '0%', memory: '1GiB' };
    const { sums } = run({
      fleet: oneCard({ mode: 'vgpu', scheduler: 'best-effort', series: 'C' }),
      workload: oneJob({ slot, use, lifetime: { kind: 'constant', value: '2h' } }, 2),
      licences: {
        pools: [{ name: 'c', edition: 'nvaie', metric: 'user', entitled: 1 }],
        unlicensed: [{ after: '20m', compute: 0.1 }],
      },
      experiment: { kind: 'timed', horizon: '2h' },
    });
    const loss = sums['overhead mode'] ?? 0;
    const done = (sums['useful work'] ?? 0) + (sums['licence restricted'] ?? 0);
    // Both would work all the time; of what the second does after 20 minutes nine tenths are not done.
    expect(sums['licence restricted']).toBeCloseTo((done / 2) * (100 / 120) * 0.9, -1);
    expect(done + loss).toBeCloseTo(7200, -1);
    expect(sums['overhead gang']).toBeUndefined();
  });

  test('free GPUs are held back for who waits for them, by class and tenant, each for its part', () => {
    // No two GPUs are free on one host: a job of two waits for both, a job of four for none that is there.
    const wide = (name: string, tenant: string, gpus: number, weight: number) =>
      job({ name, tenant, gpus, weight, lifetime: { kind: 'exponential', mean: '1h' } });
    const { waterfall } = run({
      fleet: {
        hosts: [{ name: 'h', count: 3, cpu: 64, memory: '512GiB', gpus: { model: 'A100-40GB', count: 4 } }],
      },
      workload: {
        synthetic: {
          until: '4d',
          arrivals: { process: 'poisson', rate: '6/h' },
          classes: [
            wide('one', 'a', 1, 3),
            wide('two', 'b', 2, 1),
            wide('four', 'b', 4, 1),
            wide('four-of-c', 'c', 4, 2),
          ],
        },
      },
      policy: { scheduling: { fill: 'skip' } },
      experiment: { kind: 'timed', horizon: '4d', warmup: '1d' },
    });
    const by = (rows: readonly { bucket: string; cause: string; amount: string }[]) => {
      const sums: Record<string, bigint> = {};
      for (const { bucket, cause, amount } of rows) {
        const key = `${bucket} ${cause}`;
        sums[key] = (sums[key] ?? 0n) + BigInt(amount);
      }
      return sums;
    };
    const reasons = waterfall.lines.filter(({ cause }) => cause === 'gpu-room');
    expect(reasons.length).toBeGreaterThan(0);
    // To the last unit what the lines say.
    expect(by(waterfall.askers)).toEqual(
      by(waterfall.lines.filter(({ cause }) => waterfall.askers.some((each) => each.cause === cause))),
    );
    const amountOf = (label: string) =>
      Number(
        waterfall.askers
          .filter((each) => each.class === label)
          .reduce((s, each) => s + BigInt(each.amount), 0n),
      );
    // Twice as many of the fourth class come as of the third, and ask for the same.
    expect(amountOf('four-of-c') / amountOf('four')).toBeGreaterThan(1.3);
    expect(amountOf('four-of-c') / amountOf('four')).toBeLessThan(3);
    expect(amountOf('one')).toBeLessThan(amountOf('four') / 10);
    const four = waterfall.askers.find((each) => each.class === 'four-of-c');
    expect(four).toMatchObject({ tenant: 'c', demand: '4 GPUs', bucket: 'geometry' });
  });
});
