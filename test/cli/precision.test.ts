import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { slicewise } from './slicewise.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

const yaml = (experiment = '{ kind: timed }') => `apiVersion: slicewise/v1
name: queue
seed: 3
fleet: { hosts: [ { name: n, cpu: 64, memory: 64GiB, gpus: { model: A100-80GB, count: 2 } } ] }
workload:
  synthetic:
    tasks: 80
    arrivals: { process: poisson, rate: 12/h }
    classes: [ { name: c, cpu: 1, memory: 1GiB, gpus: 1, lifetime: { kind: exponential, mean: 5m } } ]
experiment: ${experiment}
`;
const plain = folder.write('plain.yaml', yaml());
const precise = folder.write(
  'precise.yaml',
  yaml(
    '{ kind: timed, precision: { targets: [{ metric: completion.mean, within: 10% }], pilot: 6, most: 50 } }',
  ),
);

async function result(file: string, ...args: readonly string[]): Promise<RunResult> {
  const run = await inProcess(['run', file, '--json', ...args]);
  expect(run.code, run.err).toBe(0);
  return JSON.parse(run.out) as RunResult;
}

async function refused(file: string, ...args: readonly string[]): Promise<string> {
  const run = await inProcess(['run', file, ...args]);
  expect(run.code).toBe(2);
  expect(run.out).toBe('');
  return run.err;
}

describe('run --precision', () => {
  test('stops where the interval is as narrow as asked, and says what was asked and reached', async () => {
    const found = await result(plain, '--precision', 'completion.mean=12%');
    const [target] = found.precision ?? [];
    expect(target).toMatchObject({
      metric: 'completion.mean',
      within: 0.12,
      isRelative: true,
      reached: true,
    });
    const [lo, hi] = target?.ci95 ?? [0, 0];
    expect((hi - lo) / 2).toBeLessThanOrEqual(0.12 * (target?.value ?? 0));
    expect(found.seeds.length).toBeGreaterThanOrEqual(10);
    expect(found.seeds).toEqual(found.seeds.map((_, i) => 3 + i));
    expect(target?.needed).toBeLessThanOrEqual(found.seeds.length);
    expect(found.notes.join('\n')).not.toMatch(/Precision not reached/);
  });

  test('takes a bare number as one in the unit of the metric', async () => {
    const found = await result(plain, '--precision', 'gpu.allocated.mean=0.05');
    expect(found.precision?.[0]).toMatchObject({ within: 0.05, isRelative: false, reached: true });
    const [lo, hi] = found.precision?.[0]?.ci95 ?? [0, 9];
    expect(hi - lo).toBeLessThanOrEqual(0.1 + 1e-12);
  });

  test('needs as many runs as the metric that needs most of them', async () => {
    const runs = async (...targets: string[]) =>
      (await result(plain, ...targets.flatMap((each) => ['--precision', each]))).seeds.length;
    const [one, other, both] = [
      await runs('completion.mean=10%'),
      await runs('gpu.allocated.mean=0.04'),
      await runs('completion.mean=10%', 'gpu.allocated.mean=0.04'),
    ];
    expect(both).toBe(Math.max(one, other));
    expect(one).not.toBe(other);
  });

  test('stops at --max-replications, and says how many it would take', async () => {
    const found = await result(plain, '--precision', 'wait.mean=1%', '--max-replications', '12');
    expect(found.seeds).toHaveLength(12);
    expect(found.precision?.[0]).toMatchObject({ reached: false });
    expect(found.precision?.[0]?.needed).toBeGreaterThan(12);
    expect(found.notes.join('\n')).toMatch(
      /Precision not reached: wait\.mean within 1 % after 12 runs \(as many as precision\.most allows\); it takes about \d+/,
    );
  });

  test('takes over from the scenario, whose other targets it replaces and whose pilot it keeps', async () => {
    const own = await result(precise);
    expect(own.precision?.map(({ metric }) => metric)).toEqual(['completion.mean']);
    expect(own.seeds.length).toBeGreaterThanOrEqual(6);
    const over = await result(precise, '--precision', 'gpu.allocated.mean=0.4');
    expect(over.precision?.map(({ metric }) => metric)).toEqual(['gpu.allocated.mean']);
    expect(over.seeds).toHaveLength(6);
    const most = await result(
      precise,
      '--set',
      'experiment.precision.targets[0].within=0.5%',
      '--max-replications',
      '7',
    );
    expect(most.seeds).toHaveLength(7);
  });

  test('ends when time is up with the first seeds, and says that another machine may get further', async () => {
    const found = await result(plain, '--precision', 'wait.mean=0.1%', '--time-budget', '1ms');
    expect(found.seeds).toEqual([3]);
    expect(found.notes.join('\n')).toMatch(/The time budget of 1ms ended the run after 1 of 10 replications/);
    const ample = await result(plain, '--precision', 'completion.mean=20%', '--time-budget', '1h');
    expect(ample.notes.join('\n')).not.toMatch(/time budget/);
    expect(ample.precision?.[0]).toMatchObject({ reached: true });
  });

  test('stops at the same run with 1, 2 and 3 threads, with the same result to the byte', async () => {
    const outs = await Promise.all(
      ['1', '2', '3'].map(async (workers) => {
        const run = await slicewise(
          'run',
          plain,
          '--json',
          '--precision',
          'completion.mean=10%',
          '--workers',
          workers,
        );
        expect(run.code, run.err).toBe(0);
        return run.out;
      }),
    );
    expect((JSON.parse(outs[0] ?? '') as RunResult).seeds.length).toBeGreaterThan(10);
    expect(outs[1]).toBe(outs[0]);
    expect(outs[2]).toBe(outs[0]);
  });
});

describe('run --precision refuses', () => {
  test.each([
    'wait.mean',
    'wait.mean=',
    '=5%',
    'wait.mean=-5%',
    'wait.mean=0',
    'wait.mean=x',
    'wait.mean=150%x',
  ])('%s, and says what it takes', async (text) => {
    expect(await refused(plain, '--precision', text)).toMatch(
      /--precision: must be a metric and how closely it is to be known, such as wait\.mean=5%/,
    );
  });

  test('several wrong widths at once', async () => {
    const err = await refused(plain, '--precision', 'wait.mean', '--precision', 'wait.p95=nothing');
    expect(err.match(/--precision: must be a metric/g)).toHaveLength(2);
  });

  test('a metric that the run does not have, with the nearest name', async () => {
    const err = await refused(plain, '--precision', 'wait.maen=5%');
    expect(err).toMatch(/the run has no metric "wait\.maen".*did you mean "wait\.mean"\?/s);
  });

  test('limits without a precision, and limits that are none', async () => {
    expect(await refused(plain, '--max-replications', '20')).toMatch(/--max-replications: needs --precision/);
    expect(await refused(plain, '--time-budget', '10m')).toMatch(/--time-budget: needs --precision/);
    for (const bad of ['4', '0', '-1', '1e3', 'many'])
      expect(await refused(plain, '--precision', 'wait.mean=5%', '--max-replications', bad)).toMatch(
        /--max-replications: must be a whole number from 5/,
      );
    for (const bad of ['10', '0s', 'soon', '-1m'])
      expect(await refused(plain, '--precision', 'wait.mean=5%', '--time-budget', bad)).toMatch(
        /--time-budget: must be a duration above 0/,
      );
  });

  test('what takes a stated number of replications, all of it at once', async () => {
    const err = await refused(
      plain,
      ...['--precision', 'wait.mean=5%', '--events', folder.at('e.jsonl'), '--decisions', folder.at('d.csv')],
    );
    expect(err).toMatch(/--decisions: takes a stated number of replications/);
    expect(err).toMatch(/--events: takes a stated number of replications/);
  });
});
