import { describe, expect, test } from 'vitest';
import { CLOSED_FOR } from '../../sim/cluster/fleet.ts';
import { CLOSED_ORDER } from '../../sim/engine/closed-for.ts';
import { reasonText } from '../../sim/experiment/reason-text.ts';
import type { RunResult } from '../../sim/index.ts';
import { inProcess } from './in-process.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();

const host = (count: number) =>
  `{ name: h, count: ${count}, cpu: 64, memory: 512GiB, gpus: { model: A100-80GB, count: 8 } }`;

/** A job of a whole host every hour, which takes as long; what else the scenario says is added. */
function scenario(
  name: string,
  { count = 1, hosts = host(count), job = '', more = '', policy = '' },
): string {
  return folder.write(
    `${name}.yaml`,
    `apiVersion: slicewise/v1
name: ${name}
fleet:
  hosts:
    - ${hosts}
workload:
  synthetic:
    tasks: 12
    arrivals: { process: deterministic, rate: 1/h }
    classes: [ { name: job, cpu: 1, memory: 1GiB, gpus: 8, lifetime: { kind: constant, value: 50m }${job} } ]
${policy === '' ? '' : `policy: ${policy}\n`}${more}
experiment: { kind: timed, horizon: 1d }
`,
  );
}

/** The summary in one line, and what result.json has. */
async function summary(path: string, ...settings: string[]) {
  const { code, out, err } = await inProcess(['run', path, ...settings]);
  expect(code, err).toBe(0);
  const { out: json } = await inProcess(['run', path, '--json', ...settings]);
  return { text: out, line: out.replace(/\s+/g, ' '), result: JSON.parse(json) as RunResult };
}

const busy = scenario('busy', {
  hosts: `${host(2)}\n    - { name: small, count: 2, cpu: 32, memory: 64GiB, gpus: { model: L4, count: 2 } }`,
  job: ', tenants: { a: 1, b: 1 }, checkpoint: { every: 10m, save: 1m, restore: 1m }',
  policy: `
  placement: fgd
  queueing: fair-share
  scheduling: { fill: easy, depth: 7, preemption: evict, stopBy: kill, minRun: 5m, maxJobsPerUser: 1, halfLife: 2h, weights: { b: 3, a: 1 }, estimates: { noise: 0.5 } }
  pools:
    - { name: rest, hosts: [small], scores: { best-fit: 0.7, fgd: 0.3 }, queueing: las, scheduling: { rounds: 10m, preemption: refill, keepPlace: false, attainedLimits: [100, 200], promoteAfter: 4, queueOrder: first-start } }`,
});
const faulty = scenario('faulty', {
  count: 3,
  more: `faults:
  crews: 1
  failures:
    - { kind: host, log: [ { at: 90m, host: h-0000, for: 2h }, { at: 95m, host: h-0001, for: 2h } ] }
    - { kind: gpu, between: { kind: exponential, mean: 1000d }, repair: { kind: constant, value: 1h } }
  spares: [ { hosts: h, standby: 1, switchOver: 10m } ]`,
});

describe('the summary of how jobs take turns', () => {
  test('names the policy of each pool with what is stated of its scheduling', async () => {
    const { line } = await summary(busy);
    expect(line).toContain(
      'Policy fgd placement, fair-share queue (EASY backfilling, of the first 7 jobs, stops as few as needed, jobs are killed, each runs for 5m, exact run times with noise 0.5, at most 1 job a user, half-life 2h, weights a 1, b 3), ties host-order',
    );
    expect(line).toContain(
      'Pool rest (small): 0.7 best-fit + 0.3 fgd placement, las queue (decides anew for all, rounds of 10m, jobs do not keep their places, queues end at 100, 200 GPU-seconds, promoted after 4 times their run time, each queue by first start, then by arrival), ties host-order',
    );
  });

  test('says nothing more where nothing is stated, and nothing of queues where nothing queues', async () => {
    const plain = scenario('plain', {});
    expect((await summary(plain)).text).toContain(
      'Policy          best-fit placement, fifo queue, ties host-order\n',
    );
    const { text } = await summary(plain, '--set', 'experiment={kind: fill}');
    expect(text).toContain('Policy          best-fit placement, ties shuffled\n');
  });

  test('counts stops for others with the work that was lost', async () => {
    const stops = scenario('stops', {
      job: ', weight: 2 }, { name: urgent, weight: 1, priority: 9, cpu: 1, memory: 1GiB, gpus: 8, lifetime: { kind: constant, value: 50m }',
      policy: '{ queueing: priority, scheduling: { stopBy: kill } }',
    });
    const often = ['--set', 'workload.synthetic.arrivals.rate=3/h', '--set', 'workload.synthetic.tasks=60'];
    const { line, result } = await summary(stops, ...often);
    const stopped = result.metrics['jobs.preemptions']?.value as number;
    const lost = result.metrics['work.lost']?.value as number;
    expect(stopped).toBeGreaterThan(1);
    expect(lost).toBeGreaterThan(0);
    expect(line).toMatch(
      new RegExp(`Stopped ${stopped} times for other jobs \\([\\d.]+ (s|min|h) of work to be done again\\) `),
    );
    const saved = await summary(stops, ...often, '--set', 'policy.scheduling.stopBy=suspend');
    expect(saved.line).toMatch(/Stopped \d+ times? for other jobs \(no work lost\) Wait/);
    expect((await summary(stops, ...often, '--set', 'policy.queueing=fifo')).text).not.toContain('Stopped');
  });
});

describe('the summary of faults', () => {
  test('gives availability, failures by kind with repair and its wait, jobs and lost work', async () => {
    const { line, text } = await summary(faulty);
    // By hand: the job of 60 min is on the first host, which is down from 90 min, then on the second, down from 95, then on
    // the spare, which joins at 100. Lost: 30 and 5 min of 8 GPUs. Missing of 16 GPUs: 8 for 5 min, 16 for 5, 8 until the first
    // works again at 210, 1,000 of 23,040 GPU-minutes. The crew mends the second from 210 on: it waits for 115 min.
    expect(line).toMatch(/Stopped restarted 2 times after faults Wait/);
    expect(line).toMatch(
      /Faults 95\.7 % of the GPUs available on average, 0 at the least 2 jobs started again; 4\.7 GPU-hours of work lost \(ended by host 2\) spare hosts joined 1 times/,
    );
    expect(text).toMatch(/^Failures +number +between +until mended +wait for crew +longest +available$/m);
    expect(text).toMatch(/^host +2 +.* 57\.5 min +115 min +[\d.]+ %$/m);
    expect(text).toMatch(/^gpu +0 +- +- +- +- +100\.0 %$/m);
  });

  test('is left out where nothing can break down', async () => {
    expect((await summary(busy)).text).not.toMatch(/^Fa(ults|ilures)/m);
  });
});

describe('what closes a host is said', () => {
  const cases: readonly (readonly [why: string, words: string, parts: Parameters<typeof scenario>[1]])[] = [
    [
      'failure',
      'the closest hosts have broken down',
      { more: 'faults: { failures: [ { kind: host, log: [ { at: 1h, host: h, for: 4h } ] } ] }' },
    ],
    [
      'maintenance',
      'the closest hosts have maintenance to come or under way',
      { more: 'faults: { windows: [ { at: 2h, for: 4h, hosts: [h] } ] }' },
    ],
    [
      'change',
      'the closest hosts have a planned change to come or under way',
      { more: 'changes: [ { at: 2h, hosts: h, closed: 3h } ]' },
    ],
    [
      'standby',
      'the closest hosts have to stand by as spares',
      {
        count: 4,
        job: ', gpu: 100%',
        more: 'faults: { windows: [ { at: 20h, for: 1h, hosts: [h-0000] } ], spares: [ { hosts: h, standby: 3 } ] }',
      },
    ],
  ];
  test.each(cases)('%s', async (why, words, parts) => {
    const settings = why === 'standby' ? ['--set', 'workload.synthetic.arrivals.rate=6/h'] : [];
    const { result, line } = await summary(scenario(`closed-${why}`, parts), ...settings);
    const found = result.explanations.filter(({ reason }) => reason === `host-closed:${why}`);
    expect(found.map(({ kind }) => kind)).toContain('waiting');
    for (const { text } of found) expect(text).toContain(words);
    expect(line).toContain(words);
  });

  test('every reason for which a host closes has its words', () => {
    expect([...CLOSED_ORDER].sort()).toEqual(Object.keys(CLOSED_FOR).sort());
    const texts = CLOSED_ORDER.map((why) => reasonText(`host-closed:${why}`));
    expect(new Set(texts).size).toBe(CLOSED_ORDER.length);
    for (const text of texts) expect(text).not.toContain(':');
  });
});

test.each([
  [80, 80],
  [100, 100],
  [120, 100],
])('on %i columns the summary keeps to %i, with intervals and without', async (columns, most) => {
  for (const path of [busy, faulty]) {
    for (const options of [
      [],
      ['--replications', '3', '--set', 'workload.synthetic.arrivals={process: poisson, rate: 3/h}'],
    ]) {
      const { code, out, err } = await inProcess(['run', path, ...options], columns);
      expect(code, err).toBe(0);
      expect(out.split('\n').filter((each) => each.length > most || each !== each.trimEnd())).toEqual([]);
      expect(out).not.toMatch(/NaN|undefined|Infinity|null/);
    }
  }
});
