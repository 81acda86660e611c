import fc from 'fast-check';
import { hostName, type ScenarioDocument } from '../../sim/scenario/index.ts';
import type {
  DistributionDocument,
  NumberDistributionDocument,
} from '../../sim/scenario/schema/distribution.ts';
import type { TraceDocument } from '../../sim/scenario/schema/trace.ts';
import { costOf } from './arbitrary-cost.ts';
import { tracedScenario, withTurns } from './arbitrary-scheduling.ts';

/** Random valid scenario documents, in all the forms an author may choose between. */

const MODELS = ['T4', 'G2', 'A10'] as const;

const duration = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 5000 }), fc.constantFrom('us', 'ms', 's', 'm', 'h'))
    .map(([n, u]) => `${n}${u}`),
  fc.integer({ min: 1, max: 999 }).map((n) => `${n / 10} d`),
  fc.constantFrom('24h', '1440m', '0.5s', '86400000ms', '1.50h'),
);

const shape = fc.double({ min: 0.01, max: 1000, noNaN: true });
const weight = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.001, max: 1e6, noNaN: true }));

/** Two durations, the second longer. */
const bounds = fc
  .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }))
  .map(([lo, more]) => ({ min: `${lo}s`, max: `${lo + more}s` }));

const quantiles = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.nat(500)), { maxLength: 5 })
  .map((inner) => {
    const probabilities = [...new Set(inner.map(([p]) => p))].sort((a, b) => a - b);
    let seconds = 0;
    const points = probabilities.map((p, i): [number, string] => {
      seconds += inner[i]![1];
      return [p / 100, `${seconds}s`];
    });
    return [[0, '0s'] as [number, string], ...points, [1, `${seconds + 60}s`] as [number, string]];
  });

const simple = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), value: duration }),
  fc.record({ kind: fc.constant('exponential' as const), mean: duration }),
  bounds.map((range) => ({ kind: 'uniform' as const, ...range })),
  fc.record({ kind: fc.constant('normal' as const), mean: duration, sd: duration }),
  bounds.map(({ min, max }) => ({ kind: 'normal' as const, mean: min, sd: '1000s', min, max })),
  fc.record({
    kind: fc.constant('lognormal' as const),
    median: duration,
    sigma: fc.double({ min: 0.1, max: 3, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('gamma' as const), shape, mean: duration }),
  fc.record({ kind: fc.constant('weibull' as const), shape, scale: duration }),
  fc.record({ kind: fc.constant('pareto' as const), shape, min: duration }),
  bounds.map((range) => ({ kind: 'pareto' as const, shape: 1.5, ...range })),
  quantiles.map((table) => ({ kind: 'empirical' as const, quantiles: table })),
  fc
    .array(duration, { minLength: 1, maxLength: 4 })
    .map((values) => ({ kind: 'empirical' as const, values })),
  fc.array(fc.tuple(duration, weight), { minLength: 1, maxLength: 4 }).map((pairs) => ({
    kind: 'discrete' as const,
    values: pairs.map(([v]) => v),
    weights: pairs.map(([, w]) => w),
  })),
);

const distribution: fc.Arbitrary<DistributionDocument> = fc.oneof(
  { weight: 5, arbitrary: simple },
  fc.array(fc.tuple(weight, simple), { minLength: 1, maxLength: 3 }).map((parts) => ({
    kind: 'mixture' as const,
    parts: parts.map(([w, part]) => ({ weight: w, ...part })),
  })),
);

const plainNumber = fc.double({ min: 0.5, max: 100, noNaN: true });
const numberDistribution: fc.Arbitrary<NumberDistributionDocument> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), value: plainNumber }),
  fc.record({ kind: fc.constant('gamma' as const), shape: plainNumber, mean: plainNumber }),
  fc.record({ kind: fc.constant('normal' as const), mean: plainNumber, sd: plainNumber }),
  fc.array(plainNumber, { minLength: 1, maxLength: 4 }).map((values) => ({
    kind: 'discrete' as const,
    values,
    weights: values.map((_, i) => i + 1),
  })),
  fc.constant<NumberDistributionDocument>({
    kind: 'mixture' as const,
    parts: [
      { kind: 'exponential' as const, weight: 1, mean: 3 },
      { kind: 'uniform' as const, weight: 2, min: 1, max: 2 },
    ],
  }),
);

const cpu = fc.oneof(
  fc.integer({ min: 1, max: 128 }),
  fc.integer({ min: 1, max: 128_000 }).map((milli) => `${milli}m`),
  fc.integer({ min: 1, max: 128_000 }).map((milli) => milli / 1000),
);
const memory = fc
  .tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom('MiB', 'GiB', 'GB', 'TiB', 'MB'))
  .map(([n, unit]) => `${n}${unit}`);
const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,8}$/);

const gpuGroup = fc.record({ model: fc.constantFrom(...MODELS), count: fc.integer({ min: 1, max: 16 }) });
const gpus = fc.oneof(gpuGroup, fc.uniqueArray(gpuGroup, { maxLength: 3, selector: ({ model }) => model }));

/** Ways to share GPUs, each mode on a GPU that can be shared so. */
const WAYS_TO_SHARE: readonly (readonly [model: string, sharing: object | string, gpu: object])[] = [
  ['T4', 'bare-metal', {}],
  ['T4', { mode: 'passthrough' }, {}],
  ['flex-170', { mode: 'sriov', vfs: 4 }, {}],
  ['A16', 'vgpu', {}],
  ['A16', { mode: 'vgpu', sizes: 'mixed', scheduler: 'best-effort', slice: '1500us', series: 'B' }, {}],
  ['A100-80GB', 'mig', {}],
  ['A100-80GB', { mode: 'mig', layout: ['3g.40gb@4', '2g.20gb'], computeInstances: true }, {}],
  ['A100-80GB', { mode: 'mig-vgpu', layout: null, series: 'C' }, {}],
  ['T4', { mode: 'time-slicing', replicas: 4, failRequestsGreaterThanOne: true }, {}],
  ['T4', { mode: 'mps', clients: 5, cuda: '13.1', threadPercent: 12.5 }, {}],
  ['T4', 'hook', {}],
  ['T4', { mode: 'uvm-swap', turn: '0.5m' }, {}],
  [
    'T4',
    { mode: 'api-remoting', network: 'rdma', sessions: 3, roundTrip: '25us', bandwidth: '25Gbit/s' },
    {},
  ],
  ['UHD 630', { mode: 'gvt-g', low: '1GiB', fences: 32 }, { memory: '8GiB', pcie: null }],
  ['T4', { mode: 'paravirtual', tenants: 4 }, {}],
  ['T4', { mode: 'software', tenants: 4 }, {}],
  ['Jetson', { mode: 'edge-pool', tenants: 2 }, { memory: '32GB', pcie: { lanes: 4, gen: 3 } }],
];
/** Groups that share their GPUs by a mode. */
const SHARED = fc.constantFrom(...WAYS_TO_SHARE);

const sharedGroups = fc.array(
  fc.tuple(
    SHARED,
    fc.record(
      {
        numa: fc.integer({ min: 1, max: 4 }),
        uplink: fc.constantFrom('64GB/s', '8GiB/s', '100Gbit/s', null),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        pcie: fc.constantFrom({ lanes: 8 as const }, { gen: 3 }, { lanes: 4 as const, gen: 2 }, null),
        nvlink: fc.constantFrom(true, false, null),
      },
      { requiredKeys: [] },
    ),
    fc.integer({ min: 1, max: 8 }),
  ),
  { maxLength: 3 },
);

const gpuExtras = fc.record(
  { nvlink: fc.boolean(), pcie: fc.constant({ lanes: 8 as const }) },
  { requiredKeys: [] },
);

/** One host of each model first, so that every class may ask for any. */
const hosts = fc
  .uniqueArray(
    fc.record(
      { name, cpu, memory, gpus, count: fc.integer({ min: 1, max: 500 }) },
      { requiredKeys: ['name', 'cpu', 'memory'] },
    ),
    {
      maxLength: 4,
      // No name is another's with a number appended.
      selector: (group) => group.name.replace(/-\d+$/, ''),
    },
  )
  .chain((more) =>
    fc.tuple(sharedGroups, gpuExtras).map(([shared, extras]) => [
      // By fraction: a part of any size can be had here.
      {
        name: 'all',
        cpu: 64,
        memory: '256GiB',
        gpus: MODELS.map((model) => ({ model, count: 2, ...extras })),
      },
      ...more.filter((group) => !/^(all|mode)(-|$)/.test(group.name)),
      ...shared.map(([[model, sharing, gpu], host, slot, count], index) => ({
        name: `mode-${index}x`,
        cpu: 64,
        memory: '1TiB',
        ...host,
        gpus: { model, count, ...slot, ...gpu },
        sharing: sharing as 'mig',
      })),
    ]),
  );

const taskClass = fc.record(
  {
    weight,
    cpu,
    memory,
    lifetime: fc.oneof(fc.constant('shared'), distribution),
    deadline: fc.oneof(
      fc.constantFrom('90m', '1.5h', '1d'),
      fc.record({ factor: fc.constantFrom(0.5, 1, 3) }),
    ),
  },
  { requiredKeys: ['cpu', 'memory', 'lifetime'] },
);

const share = fc.oneof(
  fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
  fc.double({ min: 1e-6, max: 1, noNaN: true }),
);
const use = fc.record(
  {
    workload: fc.constantFrom('training' as const, 'desktop' as const, 'generic' as const),
    busy: fc.constantFrom<string | number>(1, '100%'),
    compute: share,
    bandwidth: fc.oneof(share, fc.constantFrom<string | number>(0, '0%')),
    memory: fc.oneof(memory, fc.constant(null)),
    link: fc.constantFrom('2GB/s', '0B/s', '1.5Gbit/s', '3MiB/s'),
    processes: fc.integer({ min: 1, max: 9 }),
    syncCalls: fc.constantFrom('0/s', '2000/s', '90/m'),
    speedByProfile: fc.constantFrom({ '2g': 0.5, '1g': null }, {}, null),
  },
  { requiredKeys: [] },
);
const slot = fc.oneof(
  fc.constant('whole' as const),
  fc.record({ compute: fc.constantFrom<string | number>('25%', 0.4), memory: fc.constant('1GiB') }),
);
/** What demands may say of GPUs beside their number, always possible on the group shared by fraction. */
const gpuKeys = fc
  .record(
    {
      gpu: fc.constantFrom<string | number>(0.5, '0.25GPU', '10%', '333m', '1GPU'),
      slot,
      models: fc.subarray([...MODELS]),
      use,
      reference: fc.constantFrom('A100-80GB', 't4', null),
      speedByModel: fc.constantFrom({ T4: 0.3 }, { A10: '70%', h100: 4 }, {}),
      communication: fc.constantFrom<string | number>(0, '10%', 0.25),
    },
    { requiredKeys: [] },
  )
  .map(({ gpu, slot: part, ...rest }) => ({
    ...rest,
    ...(part === undefined ? (gpu === undefined ? {} : { gpu }) : { slot: part }),
  }));

const classes = fc
  .array(fc.tuple(taskClass, gpuKeys, fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 5 })
  .map((items) =>
    items.map(([rest, keys, count], index) => ({
      name: `class-${index}`,
      ...rest,
      ...(count === 0 ? {} : { gpus: count, ...keys }),
    })),
  );

const rate = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom('s', 'm', 'h', 'd'))
  .map(([n, u]) => `${n / 10}/${u}`);
const arrivals = fc.oneof(
  fc.record(
    {
      process: fc.constant('poisson' as const),
      rate,
      hourOfDay: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 24, maxLength: 24 }),
      dayOfWeek: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 7, maxLength: 7 }),
    },
    { requiredKeys: ['process', 'rate'] },
  ),
  fc.record({ process: fc.constant('deterministic' as const), rate }),
  fc.integer({ min: 1, max: 100_000 }).map((seconds) => ({
    process: 'renewal' as const,
    interarrival: { kind: 'exponential' as const, mean: `${seconds}s` },
  })),
  // States that change far more often than anything arrives are refused.
  fc
    .array(fc.tuple(rate, fc.integer({ min: 60, max: 1e6 })), { minLength: 1, maxLength: 3 })
    .map((states) => ({
      process: 'markov-modulated' as const,
      states: [{ rate: '0.0/h', mean: '90s' }, ...states.map(([r, mean]) => ({ rate: r, mean: `${mean}s` }))],
    })),
  fc.record(
    { process: fc.constant('bursts' as const), rate, size: numberDistribution, gap: distribution },
    { requiredKeys: ['process', 'rate', 'size'] },
  ),
);

const finiteDistribution = fc.constantFrom<DistributionDocument[]>(
  { kind: 'exponential' as const, mean: '4s' },
  { kind: 'constant' as const, value: '1.5m' },
  { kind: 'lognormal' as const, median: '3h', sigma: 0.5 },
);

const services = fc.array(
  fc
    .tuple(
      fc.record(
        {
          cpu,
          memory,
          gpus: fc.integer({ min: 1, max: 4 }),
          replicas: fc.integer({ min: 1, max: 20 }),
          variability: fc.oneof(numberDistribution, fc.constant(null)),
          concurrency: fc.integer({ min: 1, max: 4 }),
          dispatch: fc.constantFrom('shortest-queue' as const, 'round-robin' as const),
          objective: fc.constantFrom('0.2s', '300ms', null),
          batch: fc.record(
            {
              times: fc.array(fc.constantFrom('10ms', '0.01s', '12500us'), { minLength: 1, maxLength: 5 }),
              max: fc.integer({ min: 1, max: 9 }),
              wait: fc.constantFrom('0s', '5ms'),
            },
            { requiredKeys: ['times'] },
          ),
          traffic: fc.oneof(
            fc
              .constantFrom(
                { process: 'poisson' as const, rate: '60/m' },
                { process: 'bursts' as const, rate: '1/m', size: { kind: 'exponential' as const, mean: 5 } },
              )
              .map((each) => ({ kind: 'open' as const, arrivals: each })),
            fc.record(
              {
                kind: fc.constant('closed' as const),
                clients: fc.integer({ min: 1, max: 50 }),
                think: finiteDistribution,
              },
              { requiredKeys: ['kind', 'clients'] },
            ),
          ),
        },
        { requiredKeys: ['cpu', 'memory', 'traffic', 'batch'] },
      ),
      gpuKeys,
    )
    .map(([rest, keys]) => ({ ...rest, ...keys })),
  { minLength: 1, maxLength: 3 },
);

const sessions = fc.array(
  fc
    .tuple(
      fc.record(
        {
          cpu,
          memory,
          logon: fc.oneof(
            fc.constantFrom('always' as const, { kind: 'always' as const }),
            fc.record(
              {
                kind: fc.constant('daily' as const),
                hourOfDay: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 24, maxLength: 24 }),
                perDay: fc.constantFrom(0.5, 1, 3),
              },
              { requiredKeys: ['kind'] },
            ),
            fc.record(
              {
                kind: fc.constant('storm' as const),
                at: fc.constantFrom('8h', '510m'),
                spread: fc.constantFrom('15m', '0s'),
                daily: fc.boolean(),
              },
              { requiredKeys: ['kind', 'at', 'spread'] },
            ),
          ),
          activity: fc.oneof(
            fc.record({ on: finiteDistribution, off: finiteDistribution }),
            fc.constant(null),
          ),
          frames: fc.record(
            {
              gpu: finiteDistribution,
              cpu: fc.constantFrom('4ms', '0s'),
              target: fc.constantFrom(30, 59.94),
              limiter: fc.constantFrom(45, null),
              encode: fc.constant('2100us'),
              deadline: fc.constantFrom('100ms', '0.1s'),
            },
            { requiredKeys: ['gpu', 'target', 'deadline'] },
          ),
        },
        { requiredKeys: ['cpu', 'memory'] },
      ),
      gpuKeys,
      finiteDistribution,
      fc.integer({ min: 1, max: 300 }),
    )
    .map(([rest, keys, length, users]) => ({ ...rest, ...keys, duration: length, users })),
  { minLength: 1, maxLength: 3 },
);

/** Presets with no more said than must be. */
const presetSession = fc.record({
  preset: fc.constantFrom('office-desktop', 'autocad-desktop', 'cloud-game-1080p'),
  users: fc.integer({ min: 1, max: 100 }),
});

const synthetic = fc.record({
  tasks: fc.integer({ min: 1, max: 1000 }),
  arrivals,
  lifetimes: fc
    .dictionary(name, distribution, { maxKeys: 3 })
    .map((named) => ({ ...named, shared: { kind: 'constant' as const, value: '1h' } })),
  classes,
});

const experiment = fc.oneof(
  fc.record(
    {
      kind: fc.constant('timed' as const),
      horizon: fc.constantFrom('10d', '240h', null),
      warmup: fc.constantFrom('0s', '1.5h', 'auto'),
    },
    { requiredKeys: ['kind'] },
  ),
  fc.record(
    {
      kind: fc.constant('fill' as const),
      target: fc.constantFrom<string | number>(1.3, '95%', '130%'),
      order: fc.constantFrom('shuffle' as const, 'file' as const),
    },
    { requiredKeys: ['kind'] },
  ),
);

/** Keys of all files of recorded jobs. */
const ofJobs = {
  jobs: fc.constantFrom('jobs.csv', '../../a b.json'),
  strict: fc.boolean(),
  from: fc.constantFrom(null, '0s', '36h'),
  until: fc.constantFrom(null, '7d', '2000000s'),
  limit: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 1_000_000_000 })),
  arrivalScale: fc.constantFrom(0, -0, 0.5, 1, 1e6),
};
/** The keys that are not needed may be missing; which are there is more than types follow. */
const jobs = (own: Readonly<Record<string, fc.Arbitrary<unknown>>>, ...needed: readonly string[]) =>
  fc.record(
    { ...own, ...ofJobs },
    { requiredKeys: ['format', 'jobs', ...needed] as readonly string[] as never[] },
  ) as fc.Arbitrary<object> as fc.Arbitrary<TraceDocument>;
const throughputs = fc.constantFrom(null, 'speeds.json');

const trace: fc.Arbitrary<TraceDocument> = fc.oneof(
  fc.record(
    { format: fc.constant('openb' as const), pods: fc.constant('pods.csv'), strict: fc.boolean() },
    { requiredKeys: ['format', 'pods'] },
  ),
  jobs({
    format: fc.constantFrom('philly', 'philly-subset', 'itp'),
  }),
  jobs({ format: fc.constant('gavel'), throughputs }),
  jobs(
    {
      format: fc.constant('gavel-continuous'),
      rate: fc.constantFrom('2.4/h', '1/s', '0.5/d'),
      throughputs,
    },
    'rate',
  ),
  jobs({ format: fc.constant('muri'), timeUnit: fc.constantFrom('ms', 's') }),
  jobs(
    {
      format: fc.constant('swf'),
      processorsAre: fc.constant('cores'),
      processorsPerGpu: fc.constantFrom(null, 1, 16),
    },
    'processorsAre',
  ),
  jobs({
    format: fc.constant('swf'),
    processorsAre: fc.constantFrom('gpus', 'cores'),
  }),
  jobs({
    format: fc.constant('kubernetes'),
    onlyGpu: fc.boolean(),
    gpuProducts: fc.dictionary(fc.constantFrom('NVIDIA-X', 'y'), fc.constantFrom('A100-80GB', 'V100')),
  }),
  jobs({
    format: fc.constant('sacct'),
    utcOffsetMinutes: fc.integer({ min: -840, max: 840 }),
    amounts: fc.constantFrom('allocated', 'requested'),
    shardsPerGpu: fc.constantFrom(null, 1, 1000),
    gpuTypes: fc.dictionary(fc.constantFrom('a100', 'tesla v100', '2'), fc.constantFrom('A100-80GB', 'V100')),
  }),
);

const named = <Item extends object>(items: readonly Item[], prefix: string) =>
  items.map((item, index) => ({ name: `${prefix}-${index}`, ...item }));

/** Services and sessions, which need an end. */
const endless = fc
  .record(
    {
      services: services.map((items) => named(items, 'service')),
      sessions: fc
        .tuple(sessions, fc.array(presetSession, { maxLength: 1 }))
        .map(([written, presets]) => [...named(written, 'group'), ...named(presets, 'preset')]),
    },
    { requiredKeys: [] },
  )
  .filter((parts) => Object.keys(parts).length > 0);

const overheads = fc.record(
  {
    'passthrough.compute': fc.constantFrom(0.9, { value: 0.95, source: 'our own' }),
    'mig.create': fc.constantFrom({ value: 0.2 }, 1),
  },
  { requiredKeys: [] },
);

const plainScenario: fc.Arbitrary<ScenarioDocument> = fc.record(
  {
    apiVersion: fc.constant('slicewise/v1' as const),
    name: fc
      .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
      .filter((text) => !/[\p{Cc}]/u.test(text)),
    description: fc.string({ unit: 'grapheme' }),
    sources: fc.array(fc.string({ maxLength: 10 }), { maxLength: 2 }),
    // With the most replications, the last seed is still a safe integer.
    seed: fc.maxSafeNat().map((seed) => Math.max(0, seed - 100_000)),
    replications: fc.integer({ min: 1, max: 100_000 }),
    fleet: hosts.map((groups) => ({ hosts: groups })),
    // A trace beside the generated tasks keeps a fill experiment without GPU classes valid.
    workload: fc.record(
      { trace, synthetic, typical: fc.constantFrom('typical.csv', null) },
      { requiredKeys: ['trace'] },
    ),
    overheads,
    policy: fc.record(
      {
        placement: fc.constantFrom('best-fit' as const, 'fgd' as const),
        tieBreak: fc.constantFrom('auto' as const, 'random' as const),
        typicalShare: fc.constantFrom<string | number>('95%', 0.9, 1),
        referenceHost: fc.constantFrom(null, { cpu: 128, gpus: 8 }, { cpu: '96000m', gpus: 1 }),
      },
      { requiredKeys: [] },
    ),
    experiment,
  },
  { requiredKeys: ['apiVersion', 'name', 'fleet', 'workload'] },
);

const unchangedScenario: fc.Arbitrary<ScenarioDocument> = fc
  .tuple(plainScenario, fc.option(endless))
  .map(([plain, parts]) =>
    parts === null
      ? plain
      : {
          ...plain,
          workload: { ...plain.workload, ...parts },
          experiment: { kind: 'timed', horizon: '36h' },
        },
  );

/** Ways to migrate on GPUs that are shared, before and after a change, by modes that all have them. */
const MIGRATE: Readonly<Record<string, string>> = { A16: 'vsphere-7.0', 'flex-170': 'cold' };
/** Ways to make any change among the modes that a GPU gets here. */
const PATHS: Readonly<Record<string, readonly string[]>> = {
  'A100-80GB': ['host', 'operator'],
  A16: ['size-mode'],
};

type Groups = NonNullable<ScenarioDocument['fleet']['hosts']>;
type Changes = NonNullable<ScenarioDocument['changes']>;

/** A change of some hosts of one group, to any way in which others share the same GPU, or maintenance. */
function changeOf({
  name: group,
  count = 1,
  gpus: held,
  sharing,
}: Groups[number]): fc.Arbitrary<Changes[number]> {
  const model = sharing == null || held === undefined || Array.isArray(held) ? '' : held.model;
  const ways = WAYS_TO_SHARE.filter((way) => way[0] === model).map((way) => way[1] as 'mig');
  const hostNames = fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 3 });
  return fc
    .record({
      at: fc.constantFrom('0s', '90m', '1.5h', '2h', '119m', '35h'),
      hosts: fc.oneof(
        fc.constantFrom(group, [group]),
        hostNames.map((numbers) => numbers.map((n) => hostName(group, n, count))),
      ),
      next: fc.constantFrom(null, undefined, ...ways),
      path: fc.constantFrom(null, undefined, ...(PATHS[model] ?? [])),
      closed: fc.constantFrom('30m', '0s', undefined),
      running: fc.constantFrom(
        'wait' as const,
        'stop' as const,
        undefined,
        ...(MIGRATE[model] === undefined ? [] : ['migrate' as const]),
      ),
    })
    .map(({ at, hosts: chosen, next, path, closed, running }) => ({
      at,
      hosts: chosen,
      ...(next === undefined ? {} : { sharing: next }),
      ...(path === undefined || next == null ? {} : { path }),
      ...(closed === undefined ? {} : { closed }),
      ...(running === undefined ? {} : { running }),
      ...(running === 'migrate' ? { migrate: MIGRATE[model] as string } : {}),
    }));
}

const changedScenario: fc.Arbitrary<ScenarioDocument> = unchangedScenario.chain((scenario) => {
  if (scenario.experiment?.kind === 'fill') return fc.constant({ ...scenario });
  const groups = scenario.fleet.hosts as Groups;
  const shared = groups.filter(({ sharing }) => sharing != null);
  // Groups with a mode have more that can be changed.
  const group = fc.constantFrom(...groups, ...shared, ...shared, ...shared);
  const changes = fc.array(group.chain(changeOf), { maxLength: 5 });
  return fc.option(changes).map((list) => (list === null ? scenario : { ...scenario, changes: list }));
});

const precision = fc.record(
  {
    targets: fc.uniqueArray(
      fc.record({
        metric: fc.constantFrom('wait.mean', 'gpu.allocated.mean', 'completion.p95', 'jobs.rejected'),
        within: fc.oneof(
          fc.constantFrom<string | number>('5%', ' 0.50 %', '1000%', 0.5, '12.5', 1e15),
          fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        ),
      }),
      { minLength: 1, maxLength: 3, selector: ({ metric }) => metric },
    ),
    pilot: fc.integer({ min: 5, max: 1000 }),
    most: fc.integer({ min: 1000, max: 100_000 }),
  },
  { requiredKeys: ['targets'] },
);

/** With a cost section and an end of replications by precision, each where the scenario can have it. */
function withMoney(scenario: ScenarioDocument): fc.Arbitrary<ScenarioDocument> {
  const { experiment: own } = scenario;
  const isTimed = own?.kind !== 'fill';
  return fc
    .record({
      cost: isTimed ? fc.option(costOf(scenario)) : fc.constant(null),
      wanted: own === undefined ? fc.constant(null) : fc.option(precision),
      isAuto: own?.kind === 'timed' && own.warmup === undefined ? fc.boolean() : fc.constant(false),
    })
    .map(({ cost, wanted, isAuto }) => {
      const { replications, ...rest } = scenario;
      return {
        ...rest,
        // Precision says how many there are.
        ...(replications === undefined || wanted !== null ? {} : { replications }),
        ...(own === undefined
          ? {}
          : {
              experiment: {
                ...own,
                ...(isAuto ? { warmup: 'auto' } : {}),
                ...(wanted === null ? {} : { precision: wanted }),
              },
            }),
        ...(cost === null ? {} : { cost }),
      } as ScenarioDocument;
    });
}

const licencePool = fc.record(
  {
    edition: fc.constantFrom('vapps', 'vpc', 'vws', 'nvaie', 'vcs', 'orionx'),
    metric: fc.constantFrom('user', 'gpu'),
    entitled: fc.integer({ min: 0, max: 1000 }),
    whenNone: fc.constantFrom('degrade', 'wait', 'reject'),
    lease: fc.constantFrom('24h', '1d', '90m'),
    subscriptions: fc.array(
      fc.oneof(
        fc.record(
          { seats: fc.integer({ min: 1, max: 9 }), from: fc.constantFrom('0s', '90m') },
          { requiredKeys: ['seats'] },
        ),
        fc.record(
          {
            seats: fc.integer({ min: 1, max: 9 }),
            term: fc.constantFrom('30d', '720h'),
            renewals: fc.nat(3),
            gap: fc.constantFrom('0s', '7d'),
          },
          { requiredKeys: ['seats', 'term'] },
        ),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: ['edition', 'entitled'] },
);
/** Of hosts and cards, which are there: nobody asks for them. */
const countedPool = fc.oneof(
  fc.record(
    {
      edition: fc.constantFrom('vcf', 'vvf'),
      metric: fc.constant('core'),
      entitled: fc.integer({ min: 0, max: 1e9 }),
      cpusPerHost: fc.integer({ min: 1, max: 64 }),
    },
    { requiredKeys: ['edition', 'entitled'] },
  ),
  fc.record({
    edition: fc.constantFrom('vws', 'nvaie', 'vcf'),
    metric: fc.constant('card'),
    entitled: fc.integer({ min: 0, max: 1e9 }),
  }),
);
const restrictions = fc
  .uniqueArray(fc.integer({ min: 0, max: 5000 }), { maxLength: 3 })
  .chain((minutes) =>
    fc.tuple(
      ...minutes
        .sort((a, b) => a - b)
        .map((after) =>
          fc
            .record(
              { fps: fc.constantFrom(null, 15, 0.5), compute: fc.constantFrom(0, 0.25, 1) },
              { requiredKeys: [] },
            )
            .map((rest) => ({ after: `${after}m`, ...rest })),
        ),
    ),
  );

/** With licences, where the scenario can have any. */
function withLicences(scenario: ScenarioDocument): fc.Arbitrary<ScenarioDocument> {
  if (scenario.experiment?.kind === 'fill') return fc.constant(scenario);
  const groups = scenario.fleet.hosts?.map((group) => group.name);
  const held =
    groups === undefined || groups.length === 0
      ? fc.constant(undefined)
      : fc.option(fc.oneof(fc.constantFrom(...groups), fc.subarray([...groups], { minLength: 1 })), {
          nil: undefined,
        });
  const asked = fc.tuple(licencePool, held, fc.option(fc.constantFrom('30m', '5400s'), { nil: undefined }));
  return fc
    .record(
      {
        pools: fc
          .array(
            fc.oneof(
              asked.map(([pool, hosts, renewal]) => ({
                ...pool,
                ...(hosts === undefined ? {} : { hosts }),
                ...(renewal === undefined || pool.lease === undefined ? {} : { renewal }),
              })),
              fc.tuple(countedPool, held).map(([pool, hosts]) => ({
                ...pool,
                ...(hosts === undefined ? {} : { hosts }),
              })),
            ),
            { minLength: 1, maxLength: 4 },
          )
          .map((pools) => pools.map((pool, at) => ({ name: `licence-${at}`, ...pool }))),
        unlicensed: restrictions,
      },
      { requiredKeys: ['pools'] },
    )
    .map((licences) => ({ ...scenario, licences }) as ScenarioDocument);
}

const alertRule = fc
  .record(
    {
      metric: fc.constantFrom('gpu.allocated', 'gpuMemory.fragmented', 'link.used', 'jobs.waiting'),
      limit: fc.constantFrom<string | number>('85%', 0.25, '0.50', 12),
      isAbove: fc.boolean(),
      for: fc.constantFrom('0s', '15m', '900s'),
      scope: fc.constantFrom('fleet', 'pool', 'host', 'gpuModel'),
    },
    { requiredKeys: ['metric', 'limit', 'isAbove'] },
  )
  .map(({ limit, isAbove, scope, ...rest }) => ({
    ...rest,
    ...(isAbove ? { above: limit } : { below: limit }),
    ...(scope === undefined || rest.metric.startsWith('jobs') ? {} : { scope }),
  }));

/** With limits that are watched and metrics split up. */
function withAlerts(scenario: ScenarioDocument): fc.Arbitrary<ScenarioDocument> {
  const isFill = scenario.experiment?.kind === 'fill';
  return fc
    .record(
      {
        alerts: fc.record(
          {
            defaults: fc.boolean(),
            rules: fc
              .array(alertRule, { maxLength: isFill ? 0 : 3 })
              .map((rules) => rules.map((rule, at) => ({ name: `rule ${at}`, ...rule }))),
          },
          { requiredKeys: [] },
        ),
        metrics: fc.record(
          { perHost: fc.boolean(), groups: fc.integer({ min: 1, max: 10_000 }) },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    )
    .map((sections) => ({ ...scenario, ...sections }) as ScenarioDocument);
}

export const scenarioArbitrary: fc.Arbitrary<ScenarioDocument> = fc.oneof(
  { weight: 5, arbitrary: changedScenario },
  { weight: 2, arbitrary: changedScenario.chain(withMoney) },
  { weight: 3, arbitrary: changedScenario.chain(withLicences).chain(withAlerts) },
  { weight: 3, arbitrary: changedScenario.chain(withTurns) },
  { weight: 3, arbitrary: unchangedScenario.chain(withTurns).chain(withMoney) },
  { weight: 1, arbitrary: tracedScenario },
);
