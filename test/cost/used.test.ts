import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClusterObserver, type Fleet, type Replication, replicate, summarize } from '../../sim/index.ts';
import { lives } from '../property/life-scenarios.ts';
import { sharedScenarios } from '../property/shared-scenarios.ts';
import { normalized } from '../scenario/problems-of.ts';
import { runCost } from './run-cost.ts';

const MONTH_HOURS = 730;
const US_PER_HOUR = 3600e6;
const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
const cents = (amount: string) => Math.round(Number(amount) * 100);

/** Adds up the work that cards say they do, GPU by GPU, after the warm-up. */
class CardWatch implements ClusterObserver {
  readonly #warmupUs: number;
  readonly #now = new Map<number, { part: number; sinceUs: number }>();
  workUs = 0;

  constructor(warmupUs: number) {
    this.#warmupUs = warmupUs;
  }

  worked = (atUs: number, gpu: number, part: number) => {
    this.#settle(atUs, gpu);
    this.#now.set(gpu, { part, sinceUs: atUs });
  };
  ended = (atUs: number) => {
    for (const gpu of this.#now.keys()) this.#settle(atUs, gpu);
  };

  #settle(atUs: number, gpu: number): void {
    const now = this.#now.get(gpu);
    if (now === undefined) return;
    this.workUs += now.part * Math.max(0, atUs - Math.max(this.#warmupUs, now.sinceUs));
    now.sinceUs = atUs;
  }
}

/** Checks the tenants' hours and bills of a run; says whether there was anything to bill. */
function expectBills(found: Replication, cardHours: number | undefined): boolean {
  const basis = found.cost;
  if (basis === undefined) return false;
  const { tenants, gpuHours, measuredHours } = basis;
  const scale = MONTH_HOURS / measuredHours;
  // What tenants hold is what the groups of the result say.
  const held = new Map(
    (found.groups?.tenant ?? []).map(({ name, readings }) => [
      name === '(none)' ? '' : name,
      new Map(readings).get('gpu.hours')?.value ?? 0,
    ]),
  );
  if (held.size > 0) {
    for (const { tenant, allocatedGpuHours } of tenants) {
      expect(allocatedGpuHours / scale).toBeCloseTo(held.get(tenant) ?? Number.NaN, 6);
    }
  }
  // Nobody uses what is not there, and the work of all is that of the GPUs.
  const used = sum(tenants.map(({ usedGpuHours }) => usedGpuHours ?? Number.NaN));
  const delivered = sum(gpuHours.map((each) => each.delivered));
  const present = sum(gpuHours.map((each) => each.present));
  for (const { usedGpuHours } of tenants) expect(usedGpuHours).toBeGreaterThanOrEqual(0);
  // On GPUs that no mode shares a second place of a job that moves is held and is nobody's.
  expect(used).toBeLessThanOrEqual(delivered * (1 + 1e-9) + 1e-9);
  expect(delivered).toBeLessThanOrEqual(present * (1 + 1e-9) + 1e-9);
  if (cardHours !== undefined) expect(delivered / scale).toBeGreaterThanOrEqual(cardHours - 1e-6);
  const { cost } = summarize([found]);
  if (cost === undefined) throw new Error('there is no bill');
  expect(sum(cost.chargeback.map(({ amount }) => cents(amount)))).toBe(cents(cost.perMonth));
  // Without an hour of any GPU there is nothing to divide by.
  if (present > 0) expect(sum(cost.byGpuModel.map(({ amount }) => cents(amount)))).toBe(cents(cost.perMonth));
  // Idle hours that are kept apart are what the tenants did not use.
  const [bill] = cost.chargeback.filter(({ tenant }) => tenant === '(unallocated)');
  const part = 1 - used / present;
  if (used > 0) expect(Math.abs(cents(bill?.amount ?? '') - part * cents(cost.perMonth))).toBeLessThan(2);
  return used > 0;
}

describe('tenants are billed by the GPU-hours that worked for them, to the cent', () => {
  test('on random fleets with shared cards, preemption, faults, moves, new modes, new cuts and hosts that come and go', () => {
    let billed = 0;
    fc.assert(
      fc.property(lives, (document) => {
        const groups = ((document as { fleet: { hosts: { name: string }[] } }).fleet.hosts ?? []).map(
          ({ name }) => name,
        );
        const { scenario } = normalized({
          ...document,
          cost: {
            currency: 'USD',
            hosts: [{ name: 'all', hosts: groups, leased: { host: 333.33, months: 12 } }],
            chargeback: { tariff: 'full-cost', by: 'used' },
          },
        });
        const found = replicate(scenario, {}, scenario.seed);
        if (expectBills(found, undefined)) billed += 1;
      }),
      { numRuns: 25 },
    );
    expect(billed).toBeGreaterThan(8);
  });

  test('on random fleets of all sharing modes: the work of tenants is that of the cards, to the last part', () => {
    let billed = 0;
    fc.assert(
      fc.property(sharedScenarios({ services: 'any', sessions: true, changes: 'none' }), (scenario) => {
        if (scenario.fleet.kind !== 'hosts') return;
        let fleet: Fleet | undefined;
        const warmupUs = scenario.experiment.kind === 'timed' ? scenario.experiment.warmupUs : 0;
        const watch = new CardWatch(warmupUs);
        const hosts = scenario.fleet.groups.flatMap(({ name, count }) =>
          Array.from({ length: count }, (_, i) =>
            count === 1 ? name : `${name}-${String(i).padStart(4, '0')}`,
          ),
        );
        const rent = { amount: '333.33', currency: 'USD', source: 'made up', confidence: 'stated' as const };
        const cost = normalized({
          apiVersion: 'slicewise/v1',
          name: 'cost',
          fleet: { hosts: [{ name: 'h', cpu: 1, memory: '1GiB', gpus: { model: 'A', count: 1 } }] },
          workload: {
            synthetic: {
              tasks: 1,
              arrivals: { process: 'deterministic', rate: '1/h' },
              classes: [
                { name: 'c', gpus: 1, cpu: 1, memory: '1GiB', lifetime: { kind: 'constant', value: '1h' } },
              ],
            },
          },
          experiment: { kind: 'timed' },
          cost: {
            currency: 'USD',
            hosts: [{ name: 'all', hosts: 'h', leased: { host: 333.33, months: 12 } }],
            chargeback: { tariff: 'full-cost', by: 'used' },
          },
        }).scenario.cost;
        if (cost === null) throw new Error('there is no cost');
        const tenure = { ...(cost.hosts[0] as (typeof cost.hosts)[number]).tenure, host: rent };
        const priced = {
          ...scenario,
          cost: { ...cost, hosts: [{ ...cost.hosts[0], hosts, tenure }] } as typeof cost,
        };
        const found = replicate(priced, {}, scenario.seed, {
          observers: (of) => {
            fleet = of;
            return [watch];
          },
        });
        if (!expectBills(found, watch.workUs / US_PER_HOUR)) return;
        billed += 1;
        const { tenants, gpuHours, measuredHours } = found.cost as NonNullable<Replication['cost']>;
        const scale = MONTH_HOURS / measuredHours;
        const used = sum(tenants.map(({ usedGpuHours }) => usedGpuHours ?? 0)) / scale;
        const delivered = sum(gpuHours.map((each) => each.delivered)) / scale;
        expect(used).toBeCloseTo(delivered, 6);
        const isAllShared = fleet?.cards.every((card) => card !== undefined);
        if (isAllShared === true) expect(used).toBeCloseTo(watch.workUs / US_PER_HOUR, 6);
      }),
      { numRuns: 25 },
    );
    expect(billed).toBeGreaterThan(8);
  });
});

const card = (
  sharing: string,
  classes: readonly string[],
  more: string,
  chargeback = 'full-cost',
) => `apiVersion: slicewise/v1
name: card
fleet: { hosts: [ { name: h, cpu: 64, memory: 256GiB, gpus: { model: A100-40GB, count: 1 }${sharing} } ] }
workload:
  synthetic:
    ${more}
    classes:
${classes.map((each) => `      - { ${each} }`).join('\n')}
cost:
  currency: USD
  hosts: [ { name: all, hosts: h, leased: { gpu: 1000, months: 12 } } ]
  chargeback: { tariff: ${chargeback}, by: used }
experiment: { kind: timed, warmup: 70h, horizon: 800h }
`;
const job = (tenant: string, more: string, hours = 2000) =>
  `name: ${tenant}, tenant: ${tenant}, gpus: 1, cpu: 1, memory: 1GiB, lifetime: { kind: constant, value: ${hours}h }, ${more}`;
const billsOf = (yaml: string) =>
  runCost(yaml).result.cost?.chargeback.map(({ tenant, amount }) => [tenant, amount]);

describe('by hand, a card of 1,000 a month', () => {
  const atOnce = 'tasks: 40\n    arrivals: { process: deterministic, rate: 10/h }';

  test('used hours of GPUs that no mode shares are those that are held', () => {
    // Jobs of a half go on for ever: two fit, and the card is full all the time.
    const yaml = card('', [job('a', 'gpu: 500m')], atOnce);
    expect(billsOf(yaml)).toEqual([
      ['a', '1000.00'],
      ['(unallocated)', '0.00'],
    ]);
    expect(billsOf(yaml.replace('gpu: 500m', 'gpu: 600m'))).toEqual([
      ['a', '600.00'],
      ['(unallocated)', '400.00'],
    ]);
  });

  test('used hours of MIG instances are the work done on them, whatever part of the card they are', () => {
    // One job is busy all the time with all that it can get: 42 of the 108 multiprocessors of the card; the other uses a
    // tenth of the card. What isolation costs both alike is a figure of the mode, and is taken from the cards.
    const use = (busy: string) => `use: { busy: ${busy}, compute: ${busy}, bandwidth: 1%, memory: 1GiB }`;
    const yaml = card(
      ', sharing: { mode: mig, layout: [ 3g.20gb, 2g.10gb ] }',
      [
        job('a', `slot: { profile: 3g.20gb }, ${use('100%')}`),
        job('b', `slot: { profile: 2g.10gb }, ${use('10%')}`),
      ],
      atOnce,
    );
    const utilized = runCost(yaml).metric('gpu.utilized.mean') ?? 0;
    const [[, a] = ['', '0'], [, b] = ['', '0'], [, idle] = ['', '0']] = billsOf(yaml) ?? [];
    expect(Number(a) / Number(b)).toBeCloseTo(42 / 108 / 0.1, 3);
    expect(Number(a) + Number(b)).toBeCloseTo(1000 * utilized, 1);
    expect(cents(a ?? '') + cents(b ?? '') + cents(idle ?? '')).toBe(100_000);
    // By what is held it is 4 and 2 eighths of the memory: other bills.
    const held = billsOf(yaml.replace('by: used', 'by: allocated')) ?? [];
    expect(Math.abs(Number(held[0]?.[1]) - Number(a))).toBeGreaterThan(40);
    // Spread: what both use is all that is paid for.
    const spread = billsOf(yaml.replace('by: used', 'by: used, idle: spread')) ?? [];
    const parts = [42 / 108, 0.1].map((part) => part / (42 / 108 + 0.1));
    expect(spread.map(([, amount]) => Number(amount))).toEqual([
      expect.closeTo(1000 * (parts[0] as number), 1),
      expect.closeTo(1000 * (parts[1] as number), 1),
      0,
    ]);
  });

  test('sessions of two groups pay for the work of each', () => {
    // Always on and busy: 3 users of 5 % and 2 of 10 % on one time-sliced card.
    const use = (part: string) => `use: { busy: ${part}, compute: ${part}, bandwidth: 1%, memory: 500MiB }`;
    const yaml = card(', sharing: { mode: time-slicing, replicas: 5 }', [], 'x').replace(
      /workload:[\s\S]*cost:/,
      `workload:
  sessions:
    - { name: few, tenant: few, users: 3, cpu: 1, memory: 1GiB, gpus: 1, ${use('5%')} }
    - { name: many, tenant: many, users: 2, cpu: 1, memory: 1GiB, gpus: 1, ${use('10%')} }
cost:`,
    );
    const bills = (billsOf(yaml) ?? []).map(([, amount]) => Number(amount));
    const both = runCost(yaml).metric('gpu.utilized.mean') ?? 0;
    expect(both).toBeGreaterThan(0.05);
    expect((bills[0] as number) + (bills[1] as number)).toBeCloseTo(1000 * both, 1);
    // 15 to 20.
    expect((bills[0] as number) / (bills[1] as number)).toBeCloseTo(15 / 20, 2);
  });

  test('a GPU that a mode comes to share keeps the work that it did before', () => {
    // One job of 100 h on the whole GPU, then MIG, then another of 100 h on all of it. Both count.
    const yaml = card(
      '',
      [job('a', 'use: { busy: 100%, compute: 100%, bandwidth: 1%, memory: 1GiB }', 100)],
      'tasks: 2\n    arrivals: { process: deterministic, rate: 0.08/d }',
    )
      .replace('warmup: 70h, horizon: 800h', 'horizon: 730h')
      .replace('cost:', 'changes: [ { at: 200h, hosts: h, sharing: mig, closed: 1h } ]\ncost:');
    const { result, metric } = runCost(yaml);
    expect(metric('jobs.completed')).toBe(2);
    expect(metric('cost.perGpuHourDelivered')).toBeCloseTo(1000 / 200, 6);
    expect(result.cost?.chargeback.map(({ amount }) => Number(amount))).toEqual([
      expect.closeTo((1000 * 200) / 730, 2),
      expect.closeTo((1000 * 530) / 730, 2),
    ]);
  });
});
