import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlanResult } from '../../sim/experiment/plan/index.ts';
import { inProcess } from './in-process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicewise-plan-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const SCENARIO = `apiVersion: slicewise/v1
name: small
fleet:
  hosts:
    - { name: gpu, cpu: 64, memory: 256GiB, gpus: { model: L4, count: 2 } }
workload:
  synthetic:
    until: 1d
    arrivals: { process: poisson, rate: 8/h }
    classes:
      - { name: half, cpu: 2, memory: 4GiB, gpus: 1, gpu: 50%, lifetime: { kind: exponential, mean: 1h } }
cost:
  currency: EUR
  hosts:
    - { name: own, hosts: gpu, leased: { host: { amount: 300, currency: EUR, source: assumed }, months: 36 } }
objectives: ["p95(wait) < 10 min"]
plan:
  choices:
    - { name: card, options: [{ name: l4 }, { name: l40s, set: { fleet.hosts.gpu.gpus.model: L40S } }] }
  counts: [{ name: hosts, path: fleet.hosts.gpu.count, to: 8 }]
  rivals: 0
experiment: { kind: timed, horizon: 1d }
`;

function scenario(text = SCENARIO): string {
  const path = join(folder, `s${Math.random()}.yaml`);
  writeFileSync(path, text);
  return path;
}

async function planned(text: string, ...args: readonly string[]): Promise<PlanResult> {
  const { out, err } = await inProcess(['plan', scenario(text), '--workers', '1', '--json', ...args]);
  if (out === '') throw new Error(err);
  return JSON.parse(out) as PlanResult;
}

describe('plan', () => {
  test('writes the plan and a scenario that runs and keeps the objectives', async () => {
    const out = join(folder, 'found');
    const { code } = await inProcess(['plan', scenario(), '--workers', '1', '--out', out]);
    expect(code).toBe(0);
    const result = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as PlanResult;
    expect(result.unit).toBe('EUR/month');
    expect(result.plan?.amount.value).toBe(300 * (result.plan?.hosts ?? 0));
    // Half a GPU each: with 8 at a time, on average, two hosts are full and a third is needed for chance.
    expect(result.plan?.hosts).toBeGreaterThan(2);
    const run = await inProcess(['run', join(out, 'scenario.yaml'), '--replications', '5']);
    expect(run.code).toBe(0);
    const fewer = await inProcess([
      'run',
      join(out, 'scenario.yaml'),
      '--replications',
      '12',
      '--strict',
      '--set',
      `fleet.hosts.gpu.count=${(result.plan?.hosts ?? 0) - 1}`,
    ]);
    expect(fewer.code).toBe(1);
  });

  test('says the same for every number of threads and every order of options', async () => {
    const one = await planned(SCENARIO);
    const { out } = await inProcess(['plan', scenario(), '--workers', '1', '--json']);
    expect(JSON.parse(out)).toEqual(one);
  });

  test('ends with 1 where nothing serves, and says what is not kept', async () => {
    const out = join(folder, 'none');
    const text = SCENARIO.replace('to: 8', 'to: 2');
    const { code, out: said } = await inProcess(['plan', scenario(text), '--workers', '1', '--out', out]);
    expect(code).toBe(1);
    expect(said).toContain('p95(wait) < 10 min');
    expect(existsSync(join(out, 'scenario.yaml'))).toBe(false);
    const result = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as PlanResult;
    expect(result.plan).toBeNull();
  });

  test('a limit of cost that only fewer hosts keep rules out the larger ones alone', async () => {
    const both = SCENARIO.replace(
      '["p95(wait) < 10 min"]',
      '["p95(wait) < 10 min", "cost < 2000 EUR/month"]',
    );
    const result = await planned(both);
    expect(result.plan?.hosts).toBe((await planned(SCENARIO)).plan?.hosts);
    const none = await planned(SCENARIO.replace('["p95', '["cost < 500 EUR/month", "p95'));
    expect(none.plan).toBeNull();
  });

  test('options that differ in prices alone share their runs', async () => {
    const dear = SCENARIO.replace(
      'options: [{ name: l4 }, { name: l40s, set: { fleet.hosts.gpu.gpus.model: L40S } }]',
      'options: [{ name: cheap }, { name: dear, set: { cost.hosts.own.leased.host.amount: 350 } }]',
    ).replace('rivals: 0', 'rivals: 1');
    const alone = await planned(SCENARIO.replace(/ {2}choices:\n.*\n/, '').replace('rivals: 0', 'rivals: 1'));
    const both = await planned(dear);
    expect(both.searched.runs).toBe(alone.searched.runs);
    const [rival] = both.rivals;
    expect(rival).toMatchObject({ name: 'dear', verdict: 'dearer' });
    const hosts = rival?.plan?.hosts ?? 0;
    expect(rival?.plan?.amount.value).toBe(350 * hosts);
  });

  test('what is wrong is told at once, with exit code 2', async () => {
    const wrong = SCENARIO.replace('fleet.hosts.gpu.count, to: 8', 'fleet.hosts.gpu.cpus, from: 3, to: 2')
      .replace('gpus.model: L40S', 'gpus.modle: L40S')
      .replace('rivals: 0', 'rivals: -1');
    const { code, err } = await inProcess(['plan', scenario(wrong)]);
    expect(code).toBe(2);
    expect(err).toContain('plan.rivals');
    const { err: rest } = await inProcess(['plan', scenario(wrong.replace('rivals: -1', 'rivals: 1'))]);
    expect(rest).toContain('plan.counts[0].to');
    expect(rest).toContain('plan.counts[0].path');
    expect(rest).toContain('"fleet.hosts.gpu.gpus.modle"');
    const { err: missing, code: two } = await inProcess(['plan', 'openb-like']);
    expect(two).toBe(2);
    expect(missing).toContain('plan: is missing');
    const { err: never } = await inProcess([
      'plan',
      scenario(SCENARIO.replace('fleet.hosts.gpu.gpus.model: L40S', 'policy.placement: fdg')),
    ]);
    expect(never).toContain('plan.choices[0].options[1]');
  });

  test('services are sized on MIG, with the headroom that chance takes', async () => {
    const result = await planned(`apiVersion: slicewise/v1
name: sized
fleet:
  hosts:
    - { name: gpu, cpu: 64, memory: 256GiB, gpus: { model: A100-SXM4-80GB, count: 1 }, sharing: { mode: mig } }
workload:
  services:
    - name: chat
      replicas: 1
      cpu: 1
      memory: 4GiB
      slot: { profile: 1g.10gb }
      use: { workload: inference-latency, busy: 100%, compute: 10%, bandwidth: 10%, memory: 4GiB }
      batch: { times: [10ms] }
      objective: 60ms
      traffic: { kind: open, arrivals: { process: poisson, rate: 650/s } }
objectives: ["service.chat.withinObjective > 99%"]
plan:
  minimise: gpus
  replicas: [{ service: chat, sizes: [{ slot: { profile: 1g.10gb }, batch: { times: [10ms] } }] }]
  replications: { search: 1, most: 2, verify: 2 }
experiment: { kind: timed, horizon: 20s }
`);
    // 6.5 slices are busy on average: one card of seven would do for even arrivals, and chance takes more.
    expect(result.bound).toBe(1);
    expect(result.plan?.gpus).toBe(2);
    expect(result.plan?.counts.map(({ name }) => name)).toEqual(['headroom']);
  });
});

test('the scenario of a plan finds its trace from where it is written', async () => {
  const jobs = [
    'job_id,num_gpu,submit_time,iterations,model_name,batch_size,duration,interval,iteration_time,resource_time_0,resource_time_1,resource_time_2,priority',
    '0,2,0,1000,vgg16,16,3600000,0,332,83,68,110,0',
    '1,1,60,1000,vgg16,16,3600000,60,332,83,68,110,0',
  ];
  writeFileSync(join(folder, 'jobs.csv'), `${jobs.join('\n')}\n`);
  const text = SCENARIO.replace(
    / {2}synthetic:[\s\S]*(?=cost:)/,
    '  trace: { format: muri, jobs: jobs.csv }\n',
  );
  const out = join(folder, 'deep', 'out');
  const ran = await inProcess(['plan', scenario(text), '--out', out, '--workers', '1']);
  expect(ran.code, ran.err).toBe(0);
  const again = await inProcess(['run', join(out, 'scenario.yaml'), '--json']);
  expect(again.code, again.err).toBe(0);
});
