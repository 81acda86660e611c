import { beforeAll, expect, test } from 'vitest';
import { plan } from '../../../bench/validation/plan/answering.ts';
import { loadSolver } from '../../../cli/load-solver.ts';
import { withSizedServices } from '../../../sim/experiment/plan/services/with-sized-services.ts';
import { type IntegerSolver, normalizeScenario } from '../../../sim/index.ts';
import type { ScenarioDocument } from '../../../sim/scenario/index.ts';

let solver: IntegerSolver;
beforeAll(async () => {
  solver = await loadSolver();
});

const mig = (name: string, model: string, more: object = {}) => ({
  ...{ name, cpu: 64, memory: '1TiB', gpus: { model, count: 1 }, sharing: 'mig' },
  ...more,
});

const leased = (hosts: string, gpu: number) => ({
  ...{ name: `of-${hosts}`, hosts },
  leased: { gpu: { amount: gpu, source: 'assumed' }, host: { amount: 0, source: 'assumed' }, months: 36 },
});

const service = (name: string, rate: string) => ({
  ...{ name, cpu: 1, memory: '1GiB', slot: 'whole', objective: '400ms', batch: { times: ['1ms'] } },
  traffic: { kind: 'open', arrivals: { process: 'poisson', rate } },
  use: { workload: 'inference-saturated' },
});

const size = (profile: string, time: string) => ({ slot: { profile }, batch: { times: [time] } });

function question(
  hosts: readonly object[],
  prices: readonly object[],
  services: readonly object[],
  settings: object,
  more: object = {},
) {
  return {
    apiVersion: 'slicewise/v1',
    name: 'priced',
    fleet: { hosts },
    workload: { services },
    cost: { currency: 'USD', hosts: prices },
    overheads: { 'mig.neighbour-slowdown': 0 },
    experiment: { kind: 'timed', horizon: '40s', warmup: '10s' },
    ...more,
    plan: { ...settings, growth: null, rivals: 0, replications: { search: 1, most: 2, verify: 2 } },
  };
}

const hostsOf = (planned: unknown) =>
  (planned as ScenarioDocument).fleet.hosts?.map(({ name, count = 1 }) => [name, count]);

test('Prices of a host group are those of each group that it is cut into', () => {
  const replicas = [
    { service: 'chat', sizes: [size('7g.80gb', '10ms')], headroom: 0 },
    { service: 'talk', sizes: [size('1g.10gb', '20ms')], headroom: 0 },
  ];
  const found = plan(
    question(
      [mig('a', 'A100-80GB')],
      [leased('a', 100)],
      [service('chat', '150/s'), service('talk', '100/s')],
      { replicas },
    ),
    solver,
  );
  expect(hostsOf(found.planned)).toEqual([
    ['a-1', 1],
    ['a-2', 2],
  ]);
  expect(found.plan?.amount.value).toBeCloseTo(300, 6);
});

test('Pools, faults and maintenance of a host group are of the groups that it is cut into, and of one that is left out none', () => {
  const document = {
    ...question([mig('a', 'A100-80GB'), mig('b', 'A30')], [leased('a', 1), leased('b', 1)], [], {}),
    workload: { services: [service('chat', '150/s'), service('talk', '100/s')] },
    policy: { pools: [{ name: 'p', hosts: ['a', 'b'] }] },
    faults: { windows: [{ hosts: 'a', at: '20s', for: '1s' }] },
    plan: undefined,
  } as unknown as ScenarioDocument;
  const { plan: _, ...plain } = document;
  const replicas = [
    { service: 'chat', sizes: [size('7g.80gb', '10ms')] },
    { service: 'talk', sizes: [size('1g.10gb', '20ms')] },
  ];
  const sized = withSizedServices(plain, replicas, 0, solver).document as {
    readonly policy?: unknown;
    readonly faults?: unknown;
    readonly fleet: { readonly hosts?: readonly unknown[] };
  };
  expect(sized.policy).toEqual({ pools: [{ name: 'p', hosts: ['a-1', 'a-2', 'b'] }] });
  expect(sized.faults).toMatchObject({ windows: [{ hosts: ['a-1', 'a-2'] }] });
  expect(sized.fleet.hosts?.at(-1)).toEqual({ ...mig('b', 'A30'), count: 0 });
  expect(normalizeScenario(sized).ok).toBe(true);
});

test('The least cost is sought, not the fewest cards, where cards differ in price; or the fewest hosts', () => {
  const replicas = [
    { service: 'chat', sizes: [size('7g.80gb', '5ms'), size('4g.24gb', '10ms')], headroom: 0 },
  ];
  const hosts = [mig('big', 'A100-80GB'), mig('small', 'A30')];
  const prices = [leased('big', 1000), leased('small', 100)];
  const cheap = plan(question(hosts, prices, [service('chat', '150/s')], { replicas }), solver);
  expect(cheap.plan?.amount.value).toBeCloseTo(200, 6);
  expect(cheap.bound).toBeCloseTo(200, 6);
  const few = plan(
    question(hosts, prices, [service('chat', '150/s')], { replicas, minimise: 'gpus' }),
    solver,
  );
  expect(few.plan?.amount.value).toBe(1);
  const four = [
    mig('four', 'A100-80GB', { gpus: { model: 'A100-80GB', count: 4 } }),
    mig('one', 'A100-80GB'),
  ];
  const one = [{ service: 'chat', sizes: [size('7g.80gb', '5ms')], headroom: 0 }];
  const least = plan(
    question(four, [leased('four', 1), leased('one', 1)], [service('chat', '500/s')], {
      ...{ replicas: one, minimise: 'hosts' },
    }),
    solver,
  );
  expect(least.plan?.amount.value).toBe(1);
});

test('What is proven of a headroom is not said of less, for which services may be on other hosts', () => {
  // Jobs of 32 cores have a place on hosts of one group alone, which is the cheaper one for the least headroom.
  const replicas = [{ service: 'chat', sizes: [size('7g.80gb', '10ms'), size('4g.24gb', '11.111ms')] }];
  const synthetic = {
    until: '30s',
    arrivals: { process: 'poisson', rate: '1/s' },
    classes: [
      {
        ...{ name: 'cpu', cpu: 32, memory: '1GiB', gpus: 0 },
        lifetime: { kind: 'constant', value: '100ms' },
      },
    ],
  };
  const found = plan(
    question(
      [mig('big', 'A100-80GB'), mig('small', 'A30', { cpu: 8 })],
      [leased('big', 150), leased('small', 100)],
      [],
      { replicas },
      { workload: { synthetic, services: [service('chat', '95/s')] } },
    ),
    solver,
  );
  expect(found.plan?.amount.value).toBeCloseTo(150, 6);
  expect(found.bound).toBeCloseTo(150, 6);
  expect(found.searched.proven).toBeGreaterThan(0);
});

test('What is bought is the same whatever demand turns out to be, stated as a factor or as settings', () => {
  const rate = 'workload.services.chat.traffic.arrivals.rate';
  const demands = [
    { name: 'times', factor: 1.5 },
    { name: 'set', set: { [rate]: '270/s' } },
  ];
  const { regret } = plan(
    question(
      [mig('a', 'A100-80GB')],
      [leased('a', 100)],
      [service('chat', '180/s')],
      { replicas: [{ service: 'chat', sizes: [size('7g.80gb', '10ms')] }], demands },
      { objectives: ['service.chat.latency.p95 < 400 ms'] },
    ),
    solver,
  );
  expect(regret?.plans.length).toBeGreaterThan(1);
  for (const { under } of regret?.plans ?? []) {
    expect(under[1]?.amount).toBeCloseTo(under[0]?.amount as number, 6);
    expect(under[1]?.serves).toBe(under[0]?.serves);
  }
});

test.each([
  ['service.chat.latency.p95 < 5 s', true],
  ['1 s - p99(service.chat.latency) > 0 s and service.chat.withinObjective > 90%', true],
  ['metric("service.chat.throughput") > 140 requests/s', true],
  ['service.chat.throughput > 180 requests/s', false],
  ['service.chat.latency.p95 < 1 ms', false],
])('An objective of a service is asked of the services that it becomes: %s', (expectation, isKept) => {
  const sizes = [size('3g.40gb', '12.5ms'), size('4g.40gb', '10ms')];
  const found = plan(
    question(
      [mig('a', 'A100-80GB')],
      [leased('a', 100)],
      [service('chat', '165/s')],
      { replicas: [{ service: 'chat', sizes, headroom: 0 }] },
      { objectives: [expectation] },
    ),
    solver,
  );
  expect(found.plan !== null).toBe(isKept);
  if (!isKept) expect(found.infeasible[0]?.nearest?.verdict).toBe('fail');
  const objectives = (found.planned as { objectives?: readonly { name: string }[] } | null)?.objectives;
  if (isKept) expect(objectives?.[0]?.name).toBe(expectation);
});
