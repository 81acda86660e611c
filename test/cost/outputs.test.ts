import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { RunResult } from '../../sim/index.ts';
import { inProcess } from '../cli/in-process.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';

const folder = new TemporaryFolder();

const WITH_COST = `apiVersion: slicewise/v1
name: billed
fleet: { hosts: [ { name: h, count: 2, cpu: 16, memory: 64GiB, gpus: { model: L4, count: 2 } } ] }
workload: { synthetic: { tasks: 9, arrivals: { process: poisson, rate: 20/h }, classes: [ { name: c, cpu: 1, memory: 1GiB, gpus: 1, lifetime: { kind: exponential, mean: 1h } } ] } }
cost:
  currency: EUR
  month: "2026-09"
  hosts: [ { name: rent, hosts: h, leased: { host: 410.25, gpu: 90, months: 12 } } ]
  fixed: [ { name: uplink, kind: network, perMonth: { amount: 12.5, source: "=1+1" } } ]
experiment: { kind: timed, horizon: 6h }
`;

const read = (path: string) =>
  parse(readFileSync(path, 'utf8'), { columns: true }) as Record<string, string>[];

test('run --out writes the bill of a scenario with costs, and takes it away where the next has none', async () => {
  const scenario = folder.write('billed.yaml', WITH_COST);
  const out = folder.at('out');
  expect((await inProcess(['run', scenario, '--out', out])).code).toBe(0);
  const { cost } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult;
  const lines = read(join(out, 'cost.csv'));
  expect(lines.map(({ amount_per_month, currency }) => [amount_per_month, currency])).toEqual([
    ['820.5', 'EUR'],
    ['360', 'EUR'],
    ['12.5', 'EUR'],
  ]);
  expect(lines[2]?.source).toBe("'=1+1");
  expect(lines.map(({ payment }) => payment)).toEqual(cost?.ledger.map(({ payment }) => payment));
  const focus = read(join(out, 'focus.csv'));
  expect(focus.map(({ EffectiveCost }) => EffectiveCost)).toEqual(['820.5', '360', '12.5']);
  expect(focus[0]).toMatchObject({ BillingAccountId: 'billed', BillingPeriodStart: '2026-09-01T00:00:00Z' });

  // Without a month there are no rows of cost and usage, and those of the earlier run do not stay.
  const noMonth = folder.write('no-month.yaml', WITH_COST.replace('  month: "2026-09"\n', ''));
  expect((await inProcess(['run', noMonth, '--out', out])).code).toBe(0);
  expect(existsSync(join(out, 'cost.csv'))).toBe(true);
  expect(existsSync(join(out, 'focus.csv'))).toBe(false);

  const noCost = folder.write('no-cost.yaml', WITH_COST.replace(/cost:[\s\S]*experiment/, 'experiment'));
  expect((await inProcess(['run', noCost, '--out', out])).code).toBe(0);
  expect(existsSync(join(out, 'cost.csv'))).toBe(false);
  expect(existsSync(join(out, 'series.csv'))).toBe(true);
});

test('a run that measured nothing leaves a bill without lines', async () => {
  const scenario = folder.write('short.yaml', WITH_COST.replace('horizon: 6h', 'warmup: 3000h'));
  const out = folder.at('short');
  await inProcess(['run', scenario, '--out', out]);
  expect(read(join(out, 'cost.csv'))).toEqual([]);
  expect(readFileSync(join(out, 'focus.csv'), 'utf8')).toMatch(/^BilledCost,[^\n]*x_Source\n$/);
});

test('the hours of GPU models have a price each, by hand', async () => {
  // Leased L4 at 100 x 2 and A16 at 50 x 2 a month of 730 h, a host of either at 40, an uplink of 60 for all: the uplink
  // goes half and half. L4: 200 + 40 + 30 = 270, over 1,460 h; A16: 100 + 40 + 30 = 170.
  const yaml = `apiVersion: slicewise/v1
name: models
fleet:
  hosts:
    - { name: l, cpu: 16, memory: 64GiB, gpus: { model: L4, count: 2 } }
    - { name: a, cpu: 16, memory: 64GiB, gpus: { model: A16, count: 2 } }
workload: { synthetic: { tasks: 40, arrivals: { process: deterministic, rate: 20/h }, classes: [ { name: c, cpu: 1, memory: 1GiB, gpus: 1, models: [L4], lifetime: { kind: constant, value: 2000h } } ] } }
cost:
  currency: USD
  hosts:
    - { name: first, hosts: l, leased: { host: 40, gpu: 100, months: 12 } }
    - { name: second, hosts: a, leased: { host: 40, gpu: 50, months: 12 } }
  fixed: [ { name: uplink, kind: network, perMonth: 60 } ]
experiment: { kind: timed, warmup: 70h, horizon: 800h }
`;
  const out = folder.at('models');
  expect((await inProcess(['run', folder.write('models.yaml', yaml), '--out', out])).code).toBe(0);
  const { cost } = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as RunResult;
  expect(cost?.byGpuModel).toEqual([
    {
      model: 'L4',
      amount: '270.00',
      perGpuHourPresent: expect.closeTo(270 / 1460, 9),
      perGpuHourAllocated: expect.closeTo(270 / 1460, 9),
      perGpuHourDelivered: expect.closeTo(270 / 1460, 9),
    },
    {
      model: 'A16',
      amount: '170.00',
      perGpuHourPresent: expect.closeTo(170 / 1460, 9),
      perGpuHourAllocated: null,
      perGpuHourDelivered: null,
    },
  ]);
});
