import { expect, test } from 'vitest';
import { loadSolver } from '../../../cli/load-solver.ts';
import { busiestRate, partOfArrivals } from '../../../sim/experiment/plan/services/request-rates.ts';
import { withSizedServices } from '../../../sim/experiment/plan/services/with-sized-services.ts';
import { normalizeScenario, replicate } from '../../../sim/index.ts';
import { canonicalArrivals } from '../../../sim/scenario/canonical/arrivals.ts';
import { findReplicaProblems } from '../../../sim/scenario/checks/plan-replicas.ts';
import type { ScenarioDocument } from '../../../sim/scenario/index.ts';
import { resolveArrivals } from '../../../sim/scenario/resolve/arrivals.ts';
import type { ArrivalsDocument } from '../../../sim/scenario/schema/arrivals.ts';
import { type PlanReplicasDocument, planReplicasSchema } from '../../../sim/scenario/schema/plan-replicas.ts';

const solver = await loadSolver();

type Service = NonNullable<ScenarioDocument['workload']['services']>[number];

function service(name: string, rate: string, more: Partial<Service> = {}): Service {
  return {
    name,
    cpu: 1,
    memory: '1GiB',
    slot: 'whole',
    traffic: { kind: 'open', arrivals: { process: 'poisson', rate } },
    batch: { times: ['1ms'] },
    objective: '100ms',
    ...more,
  };
}

function documentWith(
  services: Service[],
  { gpus = 1, slowdown = 0, sharing = 'mig' as 'mig' | null } = {},
): ScenarioDocument {
  return {
    apiVersion: 'slicewise/v1',
    name: 'sized',
    fleet: {
      hosts: [
        {
          name: 'a100',
          cpu: 1000,
          memory: '1TiB',
          gpus: { model: 'A100-80GB', count: gpus },
          ...(sharing === null ? {} : { sharing }),
        },
      ],
    },
    workload: { services },
    overheads: { 'mig.neighbour-slowdown': slowdown },
    experiment: { kind: 'timed', horizon: '130s', warmup: '10s' },
  } as ScenarioDocument;
}

const size = (profile: string, times: string[], concurrency = 1) => ({
  slot: { profile },
  batch: { times },
  concurrency,
});

test('A service becomes one for each size that it gets, and the simulation places all replicas and answers what is asked', () => {
  // 3g: 80/s, 4g: 100/s, and one card has both or two of 3g: 170/s needs one of each.
  const plain = documentWith([
    service('chat', '170/s', { use: { workload: 'inference-saturated' }, models: ['A100-80GB'] }),
    service('left', '1/s', { models: ['L4'] }),
  ]);
  const other = {
    name: 'l4',
    cpu: 8,
    memory: '64GiB',
    gpus: { model: 'L4', count: 1 },
    sharing: 'passthrough',
  };
  const document = { ...plain, fleet: { hosts: [...plain.fleet.hosts!, other] } } as ScenarioDocument;
  const replicas: PlanReplicasDocument = [
    { service: 'chat', sizes: [size('3g.40gb', ['12.5ms']), size('4g.40gb', ['10ms'])] },
  ];
  const sized = withSizedServices(document, replicas, 0, solver);
  expect(sized).toMatchObject({ cardCount: 1, boundCards: 1, isProven: true });
  expect(sized.cards).toEqual([{ hosts: 'a100', layout: ['3g.40gb', '4g.40gb'], count: 1 }]);
  expect(sized.sizes.map(({ name, replicas: count, part }) => [name, count, part])).toEqual([
    ['chat-3g.40gb-b1', 1, expect.closeTo(80 / 180, 12)],
    ['chat-4g.40gb-b1', 1, expect.closeTo(100 / 180, 12)],
  ]);
  expect(sized.document.fleet.hosts?.[1]).toBe(other);
  const normal = normalizeScenario(sized.document);
  if (!normal.ok) throw new Error(JSON.stringify(normal.problems));
  let placed = 0;
  const { readings } = replicate(normal.scenario, {}, 1, {
    observers: () => [{ placed: () => (placed += 1) }],
  });
  expect(placed).toBe(3);
  const values = new Map(readings.map(([name, { value }]) => [name, value as number]));
  const throughput = (name: string) => values.get(`service.${name}.throughput`) as number;
  // Poisson: three standard deviations of what 120 s bring.
  expect(throughput('chat-3g.40gb-b1')).toBeGreaterThan((170 * 80) / 180 - 2.5);
  expect(throughput('chat-4g.40gb-b1')).toBeGreaterThan((170 * 100) / 180 - 2.7);
  expect(throughput('left')).toBeGreaterThan(0.7);
});

test('Capacities count at the speed beside busy neighbours, and alone on a card at full speed', () => {
  // Two 3g answer 2 x 100/s alone; 4 % slower beside each other.
  const pair: PlanReplicasDocument = [{ service: 'chat', sizes: [size('3g.40gb', ['10ms'])] }];
  const cards = (rate: string, slowdown: number, replicas = pair) =>
    withSizedServices(documentWith([service('chat', rate)], { slowdown }), replicas, 0, solver).cardCount;
  expect(cards('200/s', 0)).toBe(1);
  expect(cards('200/s', 0.04)).toBe(2);
  expect(cards('192/s', 0.04)).toBe(1);
  const whole: PlanReplicasDocument = [{ service: 'chat', sizes: [size('7g.80gb', ['5ms'])] }];
  expect(cards('200/s', 0.04, whole)).toBe(1);
  // A batch that is just within half the objective is not beside neighbours.
  const slow: PlanReplicasDocument = [{ service: 'chat', sizes: [size('3g.40gb', ['50ms'])] }];
  expect(cards('20/s', 0, slow)).toBe(1);
  expect(() => cards('20/s', 0.04, slow)).toThrow(/at most 0\.05 s \(50 % of the objective of chat\)/);
});

test('Headroom counts for all services, or for one in place of that', () => {
  const replicas = (headroom?: number): PlanReplicasDocument => [
    { service: 'chat', sizes: [size('7g.80gb', ['10ms'])], ...(headroom === undefined ? {} : { headroom }) },
  ];
  const cards = (headroom: number, own?: number) =>
    withSizedServices(documentWith([service('chat', '90/s')]), replicas(own), headroom, solver).cardCount;
  expect([cards(0), cards(0.2), cards(0.2, 0.1), cards(0, 1.3)]).toEqual([1, 2, 1, 3]);
});

test('Cards of one host are cut alike, and hosts are bought whole', () => {
  const document = documentWith([service('chat', '10/s'), service('bulk', '90/s')], { gpus: 4 });
  const replicas: PlanReplicasDocument = [
    { service: 'chat', sizes: [size('1g.10gb', ['40ms'])] },
    { service: 'bulk', sizes: [size('7g.80gb', ['11ms'])] },
  ];
  const sized = withSizedServices(document, replicas, 0, solver);
  expect(sized).toMatchObject({ cardCount: 8, boundCards: 8, isProven: true });
  expect(sized.document.fleet.hosts).toMatchObject([
    { name: 'a100-1', count: 1, sharing: { mode: 'mig', layout: Array(7).fill('1g.10gb') } },
    { name: 'a100-2', count: 1, sharing: { mode: 'mig', layout: ['7g.80gb'] } },
  ]);
});

test('Every problem is told at once, with its path', () => {
  const document = documentWith([
    service('closed', '1/s', { traffic: { kind: 'closed', clients: 3 } }),
    service('gaps', '1/s', {
      traffic: {
        kind: 'open',
        arrivals: { process: 'renewal', interarrival: { kind: 'constant', value: '1s' } },
      },
    }),
  ]);
  const replicas: PlanReplicasDocument = [
    { service: 'closd', sizes: [size('1g.10gb', ['1ms'])] },
    { service: 'closed', sizes: [size('9g.10gb', ['1ms'])] },
    { service: 'gaps', sizes: [size('1g.10gb', ['1ms']), { ...size('2g.20gb', ['1ms']), models: ['L4'] }] },
    { service: 'gaps', sizes: [size('1g.10gb', ['1ms'])] },
  ];
  const findings = findReplicaProblems(document, replicas, ['plan', 'replicas']);
  expect(findings.map(({ path }) => path.slice(2).join('.'))).toEqual([
    '3.service',
    '0.service',
    '1.service',
    '1.sizes.0.slot.profile',
    '2.service',
    '2.sizes.1.models.0',
  ]);
  expect(findings[1]?.hint).toMatch(/closed/);
  const without = documentWith([service('a', '1/s', { slot: 'whole' })], { sharing: null });
  expect(findReplicaProblems(without, replicas, [])).toMatchObject([{ message: /needs a host group/ }]);
  // Refused by the card itself: more processes than MPS takes on an instance.
  expect(() =>
    withSizedServices(
      documentWith([service('a', '1/s')]),
      [{ service: 'a', sizes: [size('1g.10gb', ['1ms'], 900)] }],
      0,
      solver,
    ),
  ).toThrow(/900 processes/);
  const parsed = planReplicasSchema.safeParse([
    { service: 'a', sizes: [{ slot: {}, batch: { times: [] } }] },
  ]);
  expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([
    '0.sizes.0.slot.profile',
    '0.sizes.0.batch.times',
  ]);
});

test('Parts of arrivals add up to the whole, and the busiest hour is the one that counts', () => {
  const rateOf = (arrivals: ArrivalsDocument) => busiestRate(resolveArrivals(canonicalArrivals(arrivals)));
  const hourOfDay = Array.from({ length: 24 }, (_, hour) => (hour === 9 ? 25 : 1));
  const all: [ArrivalsDocument, number][] = [
    [{ process: 'poisson', rate: '2/s' }, 2],
    [{ process: 'poisson', rate: '2/s', hourOfDay }, 25],
    [{ process: 'deterministic', rate: '7200/h' }, 2],
    [
      {
        process: 'markov-modulated',
        states: [
          { rate: '1/s', mean: '60s' },
          { rate: '4/s', mean: '30s' },
        ],
      },
      2,
    ],
    [{ process: 'bursts', rate: '1/s', size: { kind: 'constant', value: 3 } }, 3],
  ];
  for (const [arrivals, perSecond] of all) {
    expect(rateOf(arrivals)).toBeCloseTo(perSecond, 9);
    expect(rateOf(partOfArrivals(arrivals, 0.3)) + rateOf(partOfArrivals(arrivals, 0.7))).toBeCloseTo(
      perSecond,
      6,
    );
  }
  const gaps: ArrivalsDocument = { process: 'renewal', interarrival: { kind: 'constant', value: '0.5s' } };
  expect(rateOf(gaps)).toBeCloseTo(2, 9);
  expect(partOfArrivals(gaps, 1)).toBe(gaps);
});
