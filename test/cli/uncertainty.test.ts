import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { SHARING_PARAMETERS, sharingMode } from '../../sim/sharing/index.ts';
import { inProcess } from './in-process.ts';
import { slicewise } from './slicewise.ts';
import { SMALL_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

/** Jobs that take turns on two cards: how long they take depends on what switching costs. */
const SHARED_YAML = `apiVersion: slicewise/v1
name: shared
seed: 3
fleet:
  hosts:
    - { name: a, count: 1, cpu: 64, memory: 256GiB, gpus: { model: A100-80GB, count: 2 }, sharing: { mode: time-slicing, replicas: 4 } }
workload:
  synthetic:
    tasks: 60
    arrivals: { process: poisson, rate: 10/h }
    classes:
      - { name: job, cpu: 1, memory: 1GiB, gpus: 1, gpu: 25%, lifetime: { kind: exponential, mean: 20m } }
`;
const scenario = folder.write('shared.yaml', SHARED_YAML);
const TOGETHER = 'time-slicing.together';

async function result(...options: readonly string[]): Promise<RunResult> {
  const run = await inProcess(['run', scenario, '--json', ...options]);
  expect(run.code, run.err).toBe(0);
  return JSON.parse(run.out) as RunResult;
}

function uncertaintyOf({ uncertainty }: RunResult) {
  if (uncertainty === undefined) throw new Error('the result has no uncertainty');
  return uncertainty;
}

describe('run --uncertainty', () => {
  test('varies the overheads of the modes in use and finds what drives the result', async () => {
    const found = uncertaintyOf(await result('--uncertainty', '20'));
    const { parameters } = sharingMode('time-slicing');
    const ranged = parameters.filter(({ low, high }) => low < high);
    expect(found.parameters.map(({ id }) => id)).toEqual(ranged.map(({ id }) => id));
    expect(found.samples).toBe(20);
    expect(found.metrics['completion.mean']?.drivers[0]).toMatchObject({ id: TOGETHER });
    expect(found.withoutEffect).toContain('time-slicing.plugin-restart');
    // More work done together, sooner done: the correlation is negative, the low end is the longer time.
    const driver = found.metrics['completion.mean']?.drivers[0];
    expect(driver?.rankCorrelation).toBeLessThan(-0.9);
    expect(driver?.atLow as number).toBeGreaterThan(driver?.atHigh as number);
  });

  test('the ends of a tornado are runs with that one value stated, and its middle is the run itself', async () => {
    const whole = await result('--uncertainty', '10');
    const found = uncertaintyOf(whole);
    const parameter = SHARING_PARAMETERS.find(({ id }) => id === TOGETHER);
    const stated = async (value: number | undefined) =>
      (await result('--set', `overheads={${TOGETHER}: ${value}}`)).metrics;
    const low = await stated(parameter?.low);
    const high = await stated(parameter?.high);
    for (const [name, metric] of Object.entries(found.metrics)) {
      expect([name, metric.typical]).toEqual([name, whole.metrics[name]?.value ?? null]);
      const driver = metric.drivers.find(({ id }) => id === TOGETHER);
      const ends = driver === undefined ? [metric.typical, metric.typical] : [driver.atLow, driver.atHigh];
      expect([name, ...ends]).toEqual([name, low[name]?.value ?? null, high[name]?.value ?? null]);
    }
  });

  test('leaves everything else of the result as it is without', async () => {
    const { uncertainty, ...rest } = await result('--uncertainty', '10', '--replications', '2');
    expect(uncertainty).toBeDefined();
    expect(rest).toEqual(await result('--replications', '2'));
  });

  test('values that the scenario states are not varied', async () => {
    const found = uncertaintyOf(await result('--uncertainty', '10', '--set', `overheads={${TOGETHER}: 0.8}`));
    expect(found.stated).toEqual([TOGETHER]);
    expect(found.parameters.map(({ id }) => id)).not.toContain(TOGETHER);
    expect(found.metrics['completion.mean']?.drivers).toEqual([]);
    expect(found.metrics['completion.mean']?.p5).toBe(found.metrics['completion.mean']?.p95);
  });

  test('prints intervals and the chart of the metric that is asked for', async () => {
    const run = await inProcess(['run', scenario, '--uncertainty', '10', '--drivers', 'completion.p95']);
    expect(run.code, run.err).toBe(0);
    expect(run.out).toContain('Latin hypercube');
    expect(run.out).toMatch(/^What moves completion\.p95: /m);
    expect(run.out).toMatch(new RegExp(`^ {2}${TOGETHER.replace('.', '\\.')} +H?=*\\|=*L? +\\S`, 'm'));
    for (const line of run.out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('one and two threads give the same bytes, and so does the same seed again', async () => {
    const options = ['run', scenario, '--uncertainty', '12', '--replications', '2', '--json'];
    const [one, two, other] = await Promise.all([
      slicewise(...options, '--workers', '1'),
      slicewise(...options, '--workers', '2'),
      slicewise(...options, '--workers', '1', '--seed', '4'),
    ]);
    expect([one.code, one.err]).toEqual([0, one.err]);
    expect(JSON.parse(one.out).uncertainty.samples).toBe(12);
    expect(two.out).toBe(one.out);
    expect(JSON.parse(other.out).uncertainty).not.toEqual(JSON.parse(one.out).uncertainty);
  });

  test.each([
    { options: ['--uncertainty', '9'], message: 'must be a whole number from 10 to 10000' },
    { options: ['--drivers', 'wait.mean'], message: '--drivers: needs --uncertainty' },
    {
      options: ['--uncertainty', '10', '--drivers', 'completion.meen'],
      message: 'the run has no metric "completion.meen"',
    },
  ])('wrong options are wrong input: $options', async ({ options, message }) => {
    const run = await inProcess(['run', scenario, ...options]);
    expect([run.code, run.err]).toEqual([2, expect.stringContaining(message)]);
  });

  test('a scenario without a sharing mode has nothing to vary', async () => {
    const run = await inProcess(['run', folder.write('small.yaml', SMALL_YAML), '--uncertainty', '10']);
    expect([run.code, run.err]).toEqual([2, expect.stringContaining('has nothing to vary')]);
  });
});
