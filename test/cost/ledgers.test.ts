import { describe, expect, test } from 'vitest';
import { lines, runCost, summaryOf } from './run-cost.ts';

/** A month of 730 h, so that nothing is scaled. */
const MONTH = 'experiment: { kind: timed, horizon: 730h }';

/**
 * Bought hosts. One job holds 4 GPUs and 64 cores for 365 h of 730 h.
 *
 * hardware  hosts 18,000 x 0.9 / 36 = 450, x 2 = 900; GPUs 12,000 x 0.9 / 36 = 300, x 8 = 2,400
 * support   18,000 x 0.06 / 12 = 90, x 2 = 180; 12,000 x 0.06 / 12 = 60, x 8 = 480
 * space     6.4 kW x 150 = 960
 * energy    A100 of the price tables: 50 to 400 W. Present 8 x 730 = 5,840 h, at work 4 x 365 = 1,460 h:
 *           (50 x 5,840 + 350 x 1,460) / 1,000 = 803 kWh, x 1.5 = 1,204.5, x 0.12 = 144.54
 *           hosts 200 to 600 W, half of 128 cores for half of the time: load 0.25:
 *           (200 + 400 x 0.25) x 2 x 730 / 1,000 = 438 kWh, x 1.5 = 657, x 0.12 = 78.84
 * licence   nvaie of the price tables: 4,500 / 12 = 375, x 8 = 3,000
 * people    0.2 x 96,000 / 12 = 1,600
 * in all    900 + 2,400 + 180 + 480 + 960 + 144.54 + 78.84 + 3,000 + 1,600 = 9,743.38
 */
const OWNED = `apiVersion: slicewise/v1
name: owned
fleet: { hosts: [ { name: own, count: 2, cpu: 64, memory: 256GiB, gpus: { model: A100-SXM4-80GB, count: 4 } } ] }
workload:
  synthetic:
    tasks: 1
    arrivals: { process: deterministic, rate: 1/h }
    classes: [ { name: train, gpus: 4, cpu: 64, memory: 12GiB, lifetime: { kind: constant, value: 365h } } ]
cost:
  currency: USD
  hosts:
    - name: racks
      hosts: own
      owned: { host: 18000, gpu: { amount: 12000, source: a quote }, months: 36, residual: 10%, support: 6% }
      space: { perKw: { catalog: colocation, take: low }, kw: 6.4 }
  energy: { perKwh: { catalog: electricity-usd-kwh }, pue: 1.5, hosts: { idle: 200, max: 600 }, gramsPerKwh: 350 }
  licences: [ { name: nvaie, price: { catalog: nvaie }, term: subscription, per: gpu } ]
  administration: [ { name: admins, people: 0.2, perYear: 96000 } ]
${MONTH}
`;

describe('a bought fleet', () => {
  const { result, metric } = runCost(OWNED);

  test('has the bill worked out by hand, to the cent', () => {
    expect(result.cost?.perMonth).toBe('9743.38');
    expect(result.cost?.byKind).toEqual({
      hardware: '3300.00',
      support: '660.00',
      space: '960.00',
      energy: '223.38',
      licence: '3000.00',
      administration: '1600.00',
    });
    expect(lines(result, 'hardware')).toEqual(['900', '2400']);
    expect(lines(result, 'energy')).toEqual(['144.54', '78.84']);
  });

  test('says what an hour, a job and the energy come to', () => {
    expect(metric('cost.perGpuHourPresent')).toBeCloseTo(9743.38 / 5840, 9);
    expect(metric('cost.perGpuHourAllocated')).toBeCloseTo(9743.38 / 1460, 9);
    expect(metric('cost.perGpuHourDelivered')).toBeCloseTo(9743.38 / 1460, 9);
    expect(metric('cost.perJob')).toBeCloseTo(9743.38, 9);
    expect(metric('cost.overRun')).toBeCloseTo(9743.38, 9);
    expect(metric('cost.energy.kWh')).toBeCloseTo(1861.5, 6);
    // 1,861.5 kWh x 350 g = 651.525 kg.
    expect(metric('cost.carbon.kg')).toBeCloseTo(651.525, 6);
  });

  test('costs over three years what is bought and run, less what is sold', () => {
    // Bought 2 x 18,000 + 8 x 12,000 = 132,000; a tenth of it sold after 36 months: 13,200.
    // A year: 12 x (9,743.38 - 3,300) = 77,320.56. 132,000 + 3 x 77,320.56 - 13,200 = 350,761.68.
    expect(result.cost?.tco.map(({ soFar }) => soFar)).toEqual([
      '132000.00',
      '209320.56',
      '286641.12',
      '350761.68',
    ]);
  });

  test('shows where each price comes from', () => {
    const sources = result.cost?.ledger.map(({ item, source, confidence }) => [item, source, confidence]);
    expect(sources).toContainEqual(['Bought GPUs, written off over 36 months', 'a quote', 'stated']);
    const energy = result.cost?.ledger.find(({ kind }) => kind === 'energy')?.source ?? '';
    expect(energy).toContain('watts A100');
    expect(energy).toContain('stated in the scenario');
    expect(summaryOf(result)).toContain('9,743.38 USD a month');
  });
});

/**
 * Leased hosts of which the GPUs are paid in EUR, at 1.10 USD.
 *
 * lease     hosts 400 x 3 = 1,200; GPUs 350 EUR = 385, x 6 = 2,310
 * space     1 rack x 900
 * licence   vpc of the price tables: 50 / 12 = 4.1666..., x 10 users at one time = 41.6666...
 * people    75 x 3 hosts = 225
 * network   250
 * in all    1,200 + 2,310 + 900 + 41.666... + 225 + 250 = 4,926.666...
 */
const LEASED = `apiVersion: slicewise/v1
name: leased
fleet: { hosts: [ { name: desks, count: 3, cpu: 64, memory: 256GiB, gpus: { model: A16, count: 2 }, sharing: vgpu } ] }
workload:
  sessions: [ { name: office, tenant: sales, users: 10, cpu: 1, memory: 1GiB, slot: { profile: A16-1B }, models: [A16] } ]
cost:
  currency: USD
  rates: [ { from: EUR, to: USD, rate: 1.1, source: a made-up rate } ]
  hosts:
    - name: rented
      hosts: desks
      leased: { host: 400, gpu: { amount: 350, currency: EUR }, months: 24 }
      space: { perRack: 900, racks: 1 }
  licences: [ { name: vpc, price: { catalog: vpc }, term: subscription, per: user, sessions: [office] } ]
  administration: [ { name: service, perHost: 75 } ]
  fixed: [ { name: uplink, kind: network, perMonth: 250 } ]
${MONTH}
`;

test('a leased fleet in two currencies has the bill worked out by hand, to the cent', () => {
  const { result, metric } = runCost(LEASED);
  expect(result.cost?.perMonth).toBe('4926.67');
  expect(result.cost?.byKind).toEqual({
    lease: '3510.00',
    space: '900.00',
    licence: '41.67',
    administration: '225.00',
    network: '250.00',
  });
  expect(result.cost?.ledger.find(({ kind }) => kind === 'licence')?.quantity).toBe('10');
  expect(result.cost?.ledger.find(({ unit }) => unit === 'GPU-months')?.source).toBe(
    'stated in the scenario; EUR at 1.1 (a made-up rate)',
  );
  // Ten users, 730 h each.
  expect(metric('cost.perUserHour')).toBeCloseTo((4885 + 500 / 12) / 7300, 9);
});

/**
 * Bought in EUR at 1.10, hours on demand, committed hours, and a group that comes and goes. One job holds 2 of the own
 * GPUs for 365 h.
 *
 * own       9,000 EUR = 9,900 / 48 = 206.25; 2,600 / 48 x 4 = 216.6666...
 * energy    20 to 70 W: (20 x 4 x 730 + 50 x 2 x 365) / 1,000 = 94.9 kWh, x 1.2 = 113.88, x 0.25 EUR = 0.275: 31.317
 * cloud     AWS g6.xlarge of the price tables, 0.8048: 2 x 730 x 0.8048 = 1,175.008
 *           committed at 35 % off: 0.52312 x 730 = 381.8776
 *           the group, one host all the time: 730 x 0.30 = 219
 * licence   vws of the price tables for ever: 450 / 60 = 7.50, x 5 = 37.50; support 100 / 12 x 5 = 41.6666...
 * egress    1,000 GiB = 1,073.741824 GB x 0.05 = 53.6870912
 * in all    206.25 + 216.6666... + 31.317 + 1,175.008 + 381.8776 + 219 + 37.5 + 41.6666... + 53.6870912 = 2,362.9730...
 */
const HYBRID = `apiVersion: slicewise/v1
name: hybrid
fleet:
  hosts:
    - { name: own, cpu: 64, memory: 256GiB, gpus: { model: L4, count: 4 } }
    - { name: hours, count: 2, cpu: 4, memory: 16GiB, gpus: { model: L4, count: 1 } }
    - { name: term, cpu: 4, memory: 16GiB, gpus: { model: L4, count: 1 } }
    - { name: warm, cpu: 4, memory: 16GiB, gpus: { model: L4, count: 1 } }
workload:
  synthetic:
    tasks: 1
    arrivals: { process: deterministic, rate: 1/h }
    classes: [ { name: train, gpus: 2, cpu: 8, memory: 12GiB, lifetime: { kind: constant, value: 365h } } ]
elastic: { groups: [ { name: burst, hosts: warm, min: 1, price: { perHour: 0.3 } } ] }
cost:
  currency: USD
  rates: [ { from: EUR, to: USD, rate: 1.1, source: a made-up rate } ]
  hosts:
    - { name: bought, hosts: own, owned: { host: { amount: 9000, currency: EUR }, gpu: 2600, months: 48 } }
    - { name: demand, hosts: hours, cloud: { instance: { provider: AWS, name: g6.xlarge } } }
    - { name: commitment, hosts: term, cloud: { instance: { provider: AWS, name: g6.xlarge }, committed: { discount: 35%, months: 36 } } }
  energy: { perKwh: { amount: 0.25, currency: EUR }, pue: 1.2, gpus: [ { model: L4, idle: 20, max: 70, source: a meter } ] }
  licences: [ { name: vws, price: { catalog: vws }, term: perpetual, months: 60, support: { catalog: vws }, per: user, count: 5 } ]
  egress: { perGb: 0.05, perJob: 1000GiB }
${MONTH}
`;

test('a hybrid fleet has the bill worked out by hand, to the cent, and joins with the bill of the elastic group', () => {
  const { result, metric } = runCost(HYBRID);
  expect(result.cost?.perMonth).toBe('2362.97');
  expect(result.cost?.byKind).toEqual({
    hardware: '422.92',
    support: '41.67',
    cloud: '1775.89',
    energy: '31.32',
    licence: '37.50',
    egress: '53.69',
  });
  expect(lines(result, 'cloud')).toEqual(['1175.008', '381.8776', '219']);
  expect(lines(result, 'energy')).toEqual(['31.317']);
  // The bill of the group is the one that elastic shows, not a second one.
  expect(metric('elastic.cost')).toBeCloseTo(219, 9);
});

test('a shorter run is carried over to a month, and the notes say so', () => {
  const half = runCost(HYBRID.replace('730h', '400h'));
  const cloud = half.result.cost?.ledger
    .filter(({ kind }) => kind === 'cloud')
    .map(({ quantity }) => quantity);
  expect(cloud).toEqual(['1460', '730', '730']);
  expect(half.metric('cost.overRun')).toBeCloseTo(((half.metric('cost.perMonth') ?? 0) * 400) / 730, 6);
  expect(half.result.notes.join('\n')).toContain('made from 400 h measured');
});

test('the bill of several runs is the mean of theirs, and tenants still add up to it', () => {
  const yaml = OWNED.replace('name: owned', 'name: owned\nreplications: 3')
    .replace(
      'tasks: 1\n    arrivals: { process: deterministic, rate: 1/h }',
      'until: 700h\n    arrivals: { process: poisson, rate: 1/h }',
    )
    .replace('name: train, gpus: 4, cpu: 64', 'name: train, tenant: a, gpus: 1, cpu: 1')
    .replace('value: 365h', 'value: 3h')
    .replace('  currency: USD', '  currency: USD\n  chargeback: { tariff: full-cost, idle: spread }');
  const { result, replications, metric } = runCost(yaml);
  const means = replications.map(({ readings }) => new Map(readings).get('cost.perMonth')?.value ?? 0);
  expect(new Set(means).size).toBe(3);
  const mean = means.reduce((a, b) => a + b, 0) / 3;
  expect(metric('cost.perMonth')).toBeCloseTo(mean, 6);
  expect(Number(result.cost?.perMonth)).toBeCloseTo(mean, 2);
  const paid = (result.cost?.chargeback ?? []).reduce(
    (a, { amount }) => a + Math.round(Number(amount) * 100),
    0,
  );
  expect(paid).toBe(Math.round(Number(result.cost?.perMonth) * 100));
});

test('a run that ends within its warm-up has no bill', () => {
  const yaml = OWNED.replace('horizon: 730h', 'warmup: 730h');
  const { result, metric } = runCost(yaml);
  expect(result.cost).toBeUndefined();
  expect(metric('cost.perMonth')).toBeNull();
});

test('a licence that comes with the card is paid for when its term is over', () => {
  const yaml = OWNED.replace('per: gpu', 'per: gpu, includedMonths: 24');
  const { result } = runCost(yaml);
  expect(result.cost?.byKind.licence).toBe('0.00');
  expect(result.cost?.perMonth).toBe('6743.38');
  // A year without licences 12 x 3,443.38 = 41,320.56, with them 77,320.56.
  expect(result.cost?.tco.map(({ running }) => running)).toEqual([
    '0.00',
    '41320.56',
    '41320.56',
    '77320.56',
  ]);
});
