import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { SensitivityDocument } from '../../cli/commands/sensitivity/document.ts';
import { inProcess } from './in-process.ts';
import { slicewise } from './slicewise.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

/** M/M/c with GPUs for servers. */
const queue = (gpus: number, tasks: number, more = '') => `apiVersion: slicewise/v1
name: queue
seed: 5
fleet: { hosts: [ { name: n, cpu: 64, memory: 64GiB, gpus: { model: A100-80GB, count: ${gpus} } } ] }
workload:
  synthetic:
    tasks: ${tasks}
    arrivals: { process: poisson, rate: 12/h }
    classes: [ { name: c, cpu: 1, memory: 1GiB, gpus: 1, lifetime: { kind: exponential, mean: 4m } } ]
${more}`;
const small = folder.write('small.yaml', queue(2, 60));

const RATE = 'workload.synthetic.arrivals.rate';
const SERVICE = 'workload.synthetic.classes.c.lifetime.mean';
const CPU = 'fleet.hosts.n.cpu';
const GPUS = 'fleet.hosts.n.gpus.count';

/** Several threads are those of the built program. */
async function study(...args: readonly string[]) {
  const line = ['sensitivity', ...args, '--json'];
  const run = args.some((each) => each === '2' || each === '3')
    ? await slicewise(...line)
    : await inProcess(line);
  expect(run.code, run.err).toBe(0);
  return JSON.parse(run.out) as SensitivityDocument;
}

/** Mean wait of M/M/c in units of `mean`, by Erlang's C formula. */
function erlangWait(c: number, rate: number, mean: number): number {
  const offered = rate * mean;
  let blocked = 1;
  for (let n = 1; n <= c; n++) blocked = (offered * blocked) / (n + offered * blocked);
  const delayed = blocked / (1 - (offered / c) * (1 - blocked));
  return (delayed * mean) / (c - offered);
}

/** First-order and total indices of a function of two uniform inputs in [0, 1], by the midpoint rule on a grid. */
function indicesOfTwo(f: (x: number, y: number) => number, n = 400) {
  const grid = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const variance = (values: readonly number[]) => mean(values.map((v) => v * v)) - mean(values) ** 2;
  const rows = grid.map((x) => grid.map((y) => f(x, y)));
  const all = variance(rows.flat());
  const x = variance(rows.map(mean)) / all;
  const y = variance(grid.map((_, j) => mean(rows.map((row) => row[j] as number)))) / all;
  return { x: { first: x, total: 1 - y }, y: { first: y, total: 1 - x } };
}

describe('sensitivity --sobol', () => {
  test('finds what moves M/M/2: the indices of the product and of the formula of Erlang, and nothing for idle cores', async () => {
    const file = folder.write('mm2.yaml', queue(2, 400));
    const found = await study(
      file,
      ...['--vary', `${RATE}=6/h:18/h`, '--vary', `${SERVICE}=2m:4m`, '--vary', `${CPU}=8:64`],
      ...['--sobol', '64', '--metric', 'allocation,wait.mean'],
    );
    expect(found).toMatchObject({ schema: 'slicewise/sensitivity@1', method: 'sobol', rows: 64, seeds: [5] });
    expect(found.runs).toBe(5 * 64 + 1);
    const of = (metric: string) => {
      const indices = found.sobol?.find((each) => each.metric === metric)?.indices ?? [];
      return (path: string) => indices.find((each) => each.path === path);
    };
    const rate = (x: number) => (6 + 12 * x) / 60;
    const service = (y: number) => 2 + 2 * y;
    for (const [metric, truth, tolerance] of [
      ['gpu.allocated.mean', indicesOfTwo((x, y) => rate(x) * service(y)), 0.1],
      ['wait.mean', indicesOfTwo((x, y) => erlangWait(2, rate(x), service(y))), 0.2],
    ] as const) {
      const index = of(metric);
      for (const [path, expected] of [
        [RATE, truth.x],
        [SERVICE, truth.y],
      ] as const) {
        expect(Math.abs((index(path)?.first ?? 9) - expected.first), `${metric} ${path} first`).toBeLessThan(
          tolerance,
        );
        expect(Math.abs((index(path)?.total ?? 9) - expected.total), `${metric} ${path} total`).toBeLessThan(
          tolerance,
        );
      }
      expect(index(CPU)).toMatchObject({ first: 0, total: 0, totalCi95: [0, 0] });
    }
  });

  test('says how many runs it takes before it starts, and starts none beyond the budget', async () => {
    const vary = ['--vary', `${RATE}=6/h:18/h`, '--vary', `${SERVICE}=2m:4m`];
    const out = folder.at('never');
    const args = ['sensitivity', small, ...vary, '--sobol', '1024', '--replications', '3', '--out', out];
    const refused = await inProcess([...args, '--budget', '12000']);
    expect(refused.code).toBe(2);
    expect(refused.err).toMatch(
      /needs 12,291 runs \(4,097 settings x 3 replications\), got a budget of 12,000/,
    );
    expect(existsSync(out)).toBe(false);
    const done = await inProcess(['sensitivity', small, ...vary, '--sobol', '16']);
    expect(done.code, done.err).toBe(0);
    expect(done.err).toMatch(
      /2 inputs together, Sobol indices of 16 rows: 65 settings x 1 replication = 65 runs/,
    );
    expect(done.out).toMatch(/One replication: what the seeds do is not told apart/);
  });
});

describe('sensitivity, one input at a time', () => {
  test('finds the difference of two M/M/1 queues, and nothing for idle cores', async () => {
    const file = folder.write('mm1.yaml', queue(1, 1000, 'experiment: { kind: timed, warmup: 4h }\n'));
    const found = await study(
      file,
      ...[
        '--vary',
        `${CPU}=8:64`,
        '--vary',
        `${RATE}=3/h:9/h`,
        '--metric',
        'wait.mean',
        '--replications',
        '12',
      ],
    );
    const [tornado] = found.tornado ?? [];
    const effect = tornado?.effects[0];
    const truth = 60 * (erlangWait(1, 9 / 60, 4) - erlangWait(1, 3 / 60, 4));
    expect(effect).toMatchObject({ path: RATE, from: '3/h', to: '9/h', verdict: 'shown' });
    // Four half-widths of the interval: the check must not fail by accident.
    const half = ((effect?.ci95?.[1] ?? 0) - (effect?.ci95?.[0] ?? 0)) / 2;
    expect(Math.abs((effect?.difference ?? 0) - truth)).toBeLessThan(2 * half);
    expect(half).toBeLessThan(0.3 * truth);
    expect(tornado?.effects[1]).toMatchObject({ path: CPU, verdict: 'none', difference: 0 });
  });

  test('is the same for 1, 2 and 3 threads, and each setting is the run of its seeds', async () => {
    const vary = ['--vary', 'policy.queueing=fifo,sjf', '--vary', `${GPUS}=1:3:2`];
    const of = (workers: string) => study(small, ...vary, '--replications', '3', '--workers', workers);
    const [one, two, three] = [await of('1'), await of('2'), await of('3')];
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    expect(one.seeds).toEqual([5, 6, 7]);
    expect(one.runs).toBe(3 * (1 + 2 + 2));
    const run = await inProcess(['run', small, '--replications', '3', '--json', '--set', `${GPUS}=3`]);
    const result = JSON.parse(run.out) as { metrics: Record<string, { value: number }> };
    const effect = one.tornado
      ?.find(({ metric }) => metric === 'wait.mean')
      ?.effects.find(({ path }) => path === GPUS);
    expect(effect?.levels.map(({ value }) => value)).toEqual([1, 3]);
    expect(effect?.levels[1]?.mean).toBeCloseTo(result.metrics['wait.mean']?.value as number, 9);
  });

  test('writes a table, JSON and CSV that say the same', async () => {
    const out = folder.at('out');
    const run = await inProcess([
      ...[
        'sensitivity',
        small,
        '--vary',
        `${RATE}=6/h:18/h`,
        '--vary',
        `${CPU}=8:64`,
        '--metric',
        'wait.mean',
      ],
      ...['--out', out],
    ]);
    expect(run.code, run.err).toBe(0);
    expect(run.err).toMatch(/2 inputs one at a time: 5 settings x 10 replications = 50 runs/);
    expect(readdirSync(out).sort()).toEqual(['sensitivity.csv', 'sensitivity.json']);
    const document = JSON.parse(readFileSync(`${out}/sensitivity.json`, 'utf8')) as SensitivityDocument;
    const effects = document.tornado?.[0]?.effects ?? [];
    const [header = '', ...lines] = readFileSync(`${out}/sensitivity.csv`, 'utf8').trimEnd().split('\n');
    const keys = header.split(',');
    const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [keys[i], cell])));
    expect(
      rows.map(({ path, difference, low, verdict }) => [path, Number(difference), Number(low), verdict]),
    ).toEqual(effects.map(({ path, difference, ci95, verdict }) => [path, difference, ci95?.[0], verdict]));
    expect(run.out).toMatch(/What moves wait\.mean, one input at a time/);
    expect(run.out).toMatch(/arrivals\.rate +6\/h -> 18\/h +\+\d.*\[.*\].*shown/);
    expect(run.out).toMatch(/hosts\.n\.cpu +8 -> 64 .* no effect/);
    for (const line of run.out.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });

  test('varies trace files too: each setting reads its own', async () => {
    const header =
      'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,creation_time,deletion_time,scheduled_time';
    const pods = (count: number) =>
      [
        header,
        ...Array.from(
          { length: count },
          (_, i) => `p${i},1000,1024,1,1000,,${i * 60},${i * 60 + 300},${i * 60}`,
        ),
      ].join('\n');
    folder.write('few.csv', pods(4));
    folder.write('many.csv', pods(9));
    const file = folder.write(
      'traced.yaml',
      `apiVersion: slicewise/v1
name: traced
fleet: { hosts: [ { name: n, cpu: 64, memory: 64GiB, gpus: { model: A100-80GB, count: 2 } } ] }
workload: { trace: { format: openb, pods: few.csv } }
`,
    );
    for (const workers of ['1', '2']) {
      const found = await study(
        file,
        ...[
          '--vary',
          'workload.trace.pods=few.csv,many.csv',
          '--metric',
          'jobs.completed',
          '--workers',
          workers,
        ],
      );
      expect(found.tornado?.[0]?.effects[0]?.levels.map(({ mean }) => mean)).toEqual([4, 9]);
    }
  });
});

describe('sensitivity refuses', () => {
  test('all that is wrong at once, with exit code 2', async () => {
    const run = await inProcess([
      ...['sensitivity', small, '--vary', 'policy.placement=fgdd,best-fit', '--vary', 'seed=1:9'],
      ...['--vary', `${CPU}=64`, '--vary', 'workload.synthetic.arivals.rate=6/h:9/h'],
    ]);
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/with fgdd, policy\.placement must be one of/);
    expect(run.err).toMatch(/seed is the same in all runs/);
    expect(run.err).toMatch(/needs two values or more/);
    expect(run.err).toMatch(/no key "arivals" \(did you mean "arrivals"\?/);
    expect(run.out).toBe('');
  });

  test('options that say nothing, and metrics that nobody has', async () => {
    const none = await inProcess([
      'sensitivity',
      small,
      '--metric',
      'wait.men',
      '--sobol',
      '3',
      '--budget',
      '0',
    ]);
    expect(none.code).toBe(2);
    expect(none.err).toMatch(/--sobol: must be a whole number from 16/);
    expect(none.err).toMatch(/--budget: must be a whole number from 1/);
    expect(none.err).toMatch(/--metric: there is no metric "wait\.men" \(did you mean "wait\.mean"/);
    expect(none.err).toMatch(/--vary: says what is varied/);
    const both = await inProcess([
      ...['sensitivity', small, '--vary', 'fleet.hosts.n.gpus.cout=1:4', '--metric', 'wait.men'],
    ]);
    expect(both.code).toBe(2);
    expect(both.err).toMatch(/--metric: there is no metric "wait\.men"/);
    expect(both.err).toMatch(/cout/);
    const vary = ['--vary', `${RATE}=6/h:18/h`];
    const absent = await inProcess(['sensitivity', small, ...vary, '--metric', 'service.x.latency.p95']);
    expect(absent.code).toBe(2);
    expect(absent.err).toMatch(/the run has no metric "service\.x\.latency\.p95"/);
  });

  test('values that are valid alone and not together, before it runs any', async () => {
    const jobs = `${small.replace('small.yaml', 'together.yaml')}`;
    folder.write('together.yaml', queue(4, 60));
    const run = await inProcess([
      ...['sensitivity', jobs, '--vary', `${GPUS}=1:4:1`, '--vary', 'workload.synthetic.classes.c.gpus=1:4'],
    ]);
    // A job of four GPUs on a host of one is no fault of the document: it is rejected when it arrives.
    expect(run.code, run.err).toBe(0);
    const warm = await inProcess([
      ...[
        'sensitivity',
        jobs,
        '--set',
        'experiment={kind: timed, horizon: 10h}',
        '--vary',
        'experiment.horizon=1h:20h:2h',
      ],
      ...['--vary', 'experiment.warmup=0s:5h'],
    ]);
    expect(warm.code).toBe(2);
    expect(warm.err).toMatch(/values do not go together/);
    expect(warm.err).toMatch(/experiment\.warmup.*\(with experiment\.warmup=5h\)/);
  });

  test('to write over the scenario it reads', async () => {
    const inside = folder.write('sensitivity.json', queue(1, 10));
    const run = await inProcess(['sensitivity', inside, '--vary', `${RATE}=6/h:18/h`, '--out', folder.path]);
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/must not overwrite an input of the study/);
  });
});

test('the program itself has the command', async () => {
  const run = await slicewise('sensitivity', small, '--vary', `${RATE}=6/h:18/h`, '--replications', '2');
  expect(run.code, run.err).toBe(0);
  expect(run.out).toMatch(/What moves completion\.mean/);
});
