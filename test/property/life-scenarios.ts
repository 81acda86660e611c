import fc from 'fast-check';
import {
  FILL_RULES,
  PREEMPTION_NAMES,
  PREEMPTION_WAYS,
  QUEUEING_POLICY_NAMES,
  STOPPING_NAMES,
} from '../../sim/policies/queueing/names.ts';

/** Random scenario documents in which all that can befall a fleet befalls it at once, small enough to run in milliseconds. */

type Json = Readonly<Record<string, unknown>>;

/** A way to share cards, and what jobs ask of it. */
interface Kind {
  readonly model: string;
  readonly sharing: Json | undefined;
  readonly slots: readonly Json[];
  readonly lifecycles: readonly string[];
  /** What its hosts may be changed to, in which its jobs find room, too. */
  readonly other?: Json;
  /** A way to move running jobs. */
  readonly migrate?: string;
  /** Policies by which its cards may be cut anew. */
  readonly repartition?: readonly string[];
}

const MIG_SLOTS = ['1g.5gb', '1g.5gb', '2g.10gb', '3g.20gb', '7g.40gb'].map((profile) => ({ profile }));

const KINDS: Readonly<Record<string, Kind>> = {
  plain: { model: 'A100-40GB', sharing: undefined, slots: [], lifecycles: [] },
  'mig-on-demand': {
    model: 'A100-40GB',
    sharing: { mode: 'mig' },
    slots: MIG_SLOTS,
    lifecycles: ['host'],
    repartition: ['on-demand', 'defragment'],
  },
  'mig-static': {
    model: 'A100-40GB',
    sharing: { mode: 'mig', layout: ['3g.20gb', '2g.10gb', '1g.5gb', '1g.5gb'] },
    slots: MIG_SLOTS.filter(({ profile }) => profile !== '7g.40gb'),
    lifecycles: [],
    repartition: ['periodic'],
  },
  vgpu: {
    model: 'L40S',
    sharing: { mode: 'vgpu', scheduler: 'best-effort', series: 'Q' },
    slots: [{ profile: 'L40S-8Q' }, { profile: 'L40S-8Q' }, { profile: 'L40S-16Q' }, { profile: 'L40S-48Q' }],
    lifecycles: ['host'],
    migrate: 'vsphere-7.0',
    repartition: ['periodic'],
  },
  sriov: {
    model: 'Radeon Pro V620',
    // One function: whatever is asked for fits a card that is never cut otherwise.
    sharing: { mode: 'sriov', vfs: 1 },
    slots: [{ memory: '5GiB' }, { memory: '5GiB' }, { memory: '12GiB' }, { memory: '20GiB' }],
    lifecycles: [],
    repartition: ['periodic', 'on-demand'],
  },
  'time-slicing': {
    model: 'L4',
    sharing: { mode: 'time-slicing', replicas: 3 },
    slots: [{ memory: '4GiB' }, { memory: '7GiB' }],
    lifecycles: ['warm'],
    other: { mode: 'time-slicing', replicas: 2 },
  },
  mps: {
    model: 'A100-40GB',
    sharing: { mode: 'mps' },
    other: { mode: 'time-slicing', replicas: 4 },
    slots: [{ memory: '4GiB' }, { memory: '12GiB' }, { memory: '4GiB', compute: '30%' }],
    lifecycles: ['warm'],
  },
};

interface Group {
  readonly name: string;
  readonly kind: Kind;
  readonly count: number;
  readonly gpus: number;
}

const seconds = (sec: number) => `${sec}s`;
const exponential = (sec: number) => ({ kind: 'exponential', mean: seconds(sec) });
const constant = (sec: number) => ({ kind: 'constant', value: seconds(sec) });
const maybe = <T>(value: fc.Arbitrary<T>, weight = 1, none = 1): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: value }, { weight: none, arbitrary: fc.constant(undefined) });
/** Host names as the product gives them. */
const hostName = ({ name, count }: Group, n: number) =>
  count === 1 ? name : `${name}-${String(n).padStart(4, '0')}`;

const groups = fc
  .array(
    fc.record({
      kind: fc.constantFrom('plain', 'plain', 'vgpu', 'mig-on-demand', ...Object.keys(KINDS)),
      count: fc.constantFrom(1, 1, 2, 3),
      gpus: fc.constantFrom(1, 1, 2, 2, 4),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((all) => {
    let left = 6;
    return all.map(({ kind, count, gpus }, i): Group => {
      const size = Math.min(count, left - (all.length - 1 - i));
      left -= size;
      return { name: `g${i}`, kind: KINDS[kind] as Kind, count: size, gpus };
    });
  });

const checkpoint = fc.record({
  every: fc.constantFrom(null, '60s', '5m'),
  save: fc.constantFrom('0s', '0s', '7s'),
  restore: fc.constantFrom('0s', '0s', '5s'),
});

const QUEUES = ['a', 'b', 'b/c', 'd'];

const layout = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  { within: 'island' },
  { within: 'host' },
  { prefer: 'host' },
  { spread: 'hosts' },
  { maxPerHost: 1 },
  { maxOfClassPerHost: 2 },
  { apartFrom: ['c0'] },
);

/** What a job asks of one of the groups. */
const demand = (group: Group, isTask: boolean): fc.Arbitrary<Json> => {
  const { kind } = group;
  const isShared = kind.sharing !== undefined;
  return fc
    .record({
      cpu: fc.constantFrom(0.5, 2, 6),
      gpus: fc.constantFrom(1, 1, 1, Math.min(2, group.gpus), ...(isTask ? [0, group.gpus] : [])),
      gpu: fc.constantFrom('100%', '100%', '50%', '30%'),
      slot: fc.constantFrom(...(isShared ? kind.slots : [undefined])),
      busy: fc.constantFrom('20%', '60%', '100%'),
      lifecycle: fc.constantFrom(undefined, undefined, ...kind.lifecycles),
      anywhere: fc.constantFrom(false, false, false, true),
    })
    .map(({ gpus, gpu, slot, busy, lifecycle, anywhere, cpu }) => ({
      cpu,
      memory: '2GiB',
      gpus,
      ...(gpus === 0
        ? {}
        : {
            ...(isShared ? { slot } : { gpu }),
            ...(anywhere ? {} : { models: [kind.model] }),
            ...(isShared ? { use: { busy, memory: '1GiB' } } : {}),
            ...(lifecycle === undefined ? {} : { lifecycle }),
          }),
    }));
};

const claim = (pools: readonly string[], isTask: boolean) =>
  fc.record(
    {
      pool: fc.constantFrom(...pools),
      queue: fc.constantFrom(...QUEUES),
      priority: fc.integer({ min: 0, max: 3 }),
      preemptible: isTask ? fc.constantFrom(true, true, false) : fc.constant(false),
      checkpoint: fc.option(checkpoint, { nil: null }),
      ...(isTask ? { tenants: fc.constantFrom({ x: 1 }, { x: 1, y: 2 }, { y: 1, z: 1 }) } : {}),
    },
    { requiredKeys: ['pool', 'queue'] },
  );

const merged = (...parts: readonly fc.Arbitrary<Json>[]): fc.Arbitrary<Json> =>
  fc.tuple(...parts).map((all) => Object.assign({}, ...all));

const classes = (fleet: readonly Group[], pools: readonly string[]) =>
  fc
    .array(
      fc.constantFrom(...fleet).chain((group) =>
        merged(
          demand(group, true),
          claim(pools, true),
          fc
            .record({
              workers: fc.constantFrom(1, 1, 1, 2, 3),
              layout,
              lifetime: fc.constantFrom(exponential(400), constant(300), constant(60), exponential(900)),
            })
            .map(({ layout: rules, workers, lifetime }) => {
              const isApart = workers > 1 && rules !== undefined && 'within' in rules;
              return { workers, lifetime, ...(rules === undefined || isApart ? {} : { layout: rules }) };
            }),
        ),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((all) =>
      all.map((each, i) => {
        const { layout: rules, ...rest } = each as { layout?: { within?: string }; gpus?: number };
        const isUseless =
          rules === undefined ||
          (rest.gpus === 0 && rules.within === 'island') ||
          (i === 0 && 'apartFrom' in rules);
        return { name: `c${i}`, ...rest, ...(isUseless ? {} : { layout: rules }) };
      }),
    );

const sessions = (fleet: readonly Group[], pools: readonly string[]) =>
  fc.constantFrom(...fleet).chain((group) =>
    merged(
      demand(group, false),
      claim(pools, false),
      fc.record({
        name: fc.constant('s'),
        users: fc.integer({ min: 1, max: 5 }),
        logon: fc.constantFrom('always', { kind: 'storm', at: '2m', spread: '5m', daily: false }),
        duration: fc.constantFrom(null, exponential(600)),
      }),
    ),
  );

const service = (fleet: readonly Group[], pools: readonly string[]) =>
  fc.constantFrom(...fleet).chain((group) =>
    merged(
      demand(group, false),
      claim(pools, false),
      fc.record({
        name: fc.constant('r'),
        replicas: fc.integer({ min: 1, max: 3 }),
        traffic: fc.constant({ kind: 'closed', clients: 2, think: constant(20) }),
        batch: fc.constant({ times: ['3s'] }),
      }),
    ),
  );

const scheduling = fc
  .record({
    queueing: fc.constantFrom(...QUEUEING_POLICY_NAMES, ...STOPPING_NAMES, 'priority' as const),
    placement: fc.constantFrom('best-fit', 'worst-fit', 'first-fit', 'random', 'fgd', 'gpu-packing'),
    fill: maybe(fc.constantFrom(...FILL_RULES), 3),
    preemption: maybe(fc.constantFrom(...PREEMPTION_NAMES, 'evict', 'refill'), 3),
    stopBy: maybe(fc.constantFrom(...PREEMPTION_WAYS, 'migrate'), 4),
    rounds: fc.constantFrom(undefined, undefined, undefined, '60s'),
    minRun: fc.constantFrom(undefined, undefined, '30s'),
    keepPlace: fc.constantFrom(undefined, false),
    estimates: fc.constantFrom(undefined, undefined, { noise: 0.7 }),
    maxJobsPerUser: fc.constantFrom(undefined, undefined, undefined, 1, 2, 4),
    maxGpusPerUser: fc.constantFrom(undefined, undefined, undefined, 1, 3),
    quotas: fc.constantFrom(
      { a: { guaranteed: 1 }, b: { guaranteed: 2, max: 3 }, 'b/c': { guaranteed: 1, max: 2 } },
      { a: { guaranteed: 0.5, max: 2 }, b: { guaranteed: 1 }, d: { max: 1, weight: 2 } },
    ),
    attainedLimits: fc.constantFrom(undefined, [30, 200]),
    queueOrder: fc.constantFrom(undefined, 'first-start'),
    ageing: fc.constantFrom(undefined, '2m'),
  })
  .map(({ queueing, placement, quotas, attainedLimits, queueOrder, ageing, ...rest }) => ({
    queueing,
    placement,
    scheduling: JSON.parse(
      JSON.stringify({
        ...rest,
        ...(queueing === 'quotas' ? { quotas } : {}),
        ...(queueing === 'las' ? { attainedLimits, queueOrder } : {}),
        ...(queueing === 'priority' ? { ageing } : {}),
      }),
    ),
  }));

const faults = (fleet: readonly Group[]) => {
  const of = fc.constantFrom(...fleet).map(({ name }) => name);
  const running = fc.constantFrom('wait', 'stop');
  const licensed = fleet.some(({ kind }) => kind.migrate !== undefined) ? ['licence-server'] : [];
  return fc
    .record({
      failures: fc.uniqueArray(
        fc.record({
          kind: fc.constantFrom('gpu', 'gpu', 'host', 'host', 'uplink', 'nvlink', 'rack', ...licensed),
          between: fc.constantFrom(exponential(400), exponential(2000)),
          repair: fc.constantFrom(exponential(90), constant(30)),
          crew: fc.boolean(),
        }),
        { maxLength: 2, selector: ({ kind }) => kind },
      ),
      process: fc.constantFrom(null, null, exponential(900)),
      crews: fc.constantFrom(null, 1, 2),
      jobs: fc.constantFrom('restart', 'restart', 'fail'),
      retries: fc.constantFrom(null, null, 0, 2),
      windows: fc.array(
        fc.record({
          at: fc.constantFrom('3m', '10m', '10m'),
          for: fc.constantFrom('1m', '4m'),
          every: fc.constantFrom(null, '12m'),
          drain: fc.constantFrom('0s', '2m'),
          hosts: of,
          running,
        }),
        { maxLength: 2 },
      ),
      spares: maybe(fc.constantFrom(...fleet), 1, 2),
      switchOver: fc.constantFrom('0s', '20s'),
    })
    .map(({ spares, switchOver, windows, ...rest }) => ({
      ...rest,
      racks: rest.failures.some(({ kind }) => kind === 'rack') ? [{ name: 'k', hosts: fleet[0]?.name }] : [],
      licenceGrace: '10s',
      windows: windows.map((window) => ({ ...window, ...movedOr(fleet, window.hosts, window.running) })),
      spares:
        spares === undefined || spares.count < 2 ? [] : [{ hosts: spares.name, standby: 1, switchOver }],
    }));
};

function kindOf(fleet: readonly Group[], hosts: string): Kind | undefined {
  return fleet.find(({ name }) => name === hosts || hosts.startsWith(`${name}-`))?.kind;
}

/** Where the mode of the hosts can, jobs are moved half of the time. */
function movedOr(fleet: readonly Group[], hosts: string, running: string): Json {
  const path = kindOf(fleet, hosts)?.migrate;
  return running === 'wait' || path === undefined ? {} : { running: 'migrate', migrate: path };
}

const changes = (fleet: readonly Group[]) =>
  fc.array(
    fc
      .record({
        at: fc.constantFrom('2m', '9m', '15m'),
        hosts: fc.constantFrom(...fleet.flatMap((group) => [group.name, hostName(group, group.count - 1)])),
        closed: fc.constantFrom('0s', '45s'),
        running: fc.constantFrom('wait', 'stop'),
        isOther: fc.boolean(),
      })
      .map(({ isOther, ...change }) => {
        const sharing = kindOf(fleet, change.hosts)?.other;
        return {
          ...change,
          ...(isOther && sharing !== undefined ? { sharing } : {}),
          ...movedOr(fleet, change.hosts, change.running),
        };
      }),
    { maxLength: 2 },
  );

const repartition = (fleet: readonly Group[]) =>
  fc
    .tuple(
      ...fleet.map(({ name, kind }) =>
        kind.repartition === undefined
          ? fc.constant(undefined)
          : maybe(
              fc
                .record({
                  policy: fc.constantFrom(...kind.repartition),
                  every: fc.constantFrom(null, '2m'),
                  gap: fc.constantFrom('0s', '30s'),
                  running: fc.constantFrom('wait', 'save', 'stop', 'move'),
                  creation: fc.constantFrom('driver', 'chosen'),
                  patience: fc.constantFrom(null, '2m'),
                })
                .map(({ policy, every, gap, running, creation, patience }) => ({
                  hosts: name,
                  policy,
                  creation,
                  ...(policy === 'on-demand' ? {} : { every, gap }),
                  ...(policy === 'periodic' ? { running, patience } : {}),
                })),
              3,
            ),
      ),
    )
    .map((all) => all.filter((each) => each !== undefined));

const elastic = (fleet: readonly Group[], pools: readonly string[]) => {
  const running = fc.constantFrom('wait', 'preempt');
  const last = fleet[fleet.length - 1] as Group;
  const stepping = fleet.filter((group) => group !== last && group.count > 1);
  const step = (hosts: fc.Arbitrary<Json>) =>
    stepping.length === 0 ? fc.constant<Json[]>([]) : hosts.map((each) => [each]);
  return fc
    .record({
      expansions: maybe(
        step(
          fc
            .record({
              at: fc.constantFrom('4m', '15m'),
              hosts: fc.constantFrom(...stepping.map((g) => hostName(g, 0)), last.name),
            })
            .filter(({ hosts }) => hosts !== last.name),
        ),
      ),
      removals: maybe(
        step(
          fc
            .record({
              at: fc.constantFrom('5m', '18m'),
              hosts: fc.constantFrom(...stepping.map((g) => hostName(g, 1)), last.name),
              running,
            })
            .filter(({ hosts }) => hosts !== last.name),
        ),
      ),
      group: maybe(
        fc.record({
          name: fc.constant('e'),
          hosts: fc.constant(last.name),
          min: fc.constantFrom(0, 1),
          boot: fc.constantFrom('0s', '40s', exponential(60)),
          out: fc.constantFrom({ jobs: 1 }, { gpus: 2, cooldown: '1m' }, { waited: '30s', by: 1 }),
          in: fc.oneof(
            fc.record({ idle: fc.constantFrom('0s', '1m') }),
            fc.record({
              idle: fc.constant('5m'),
              allocated: fc.constant('40%'),
              window: fc.constant('1m'),
              running,
            }),
          ),
          minLife: fc.constantFrom('0s', '3m'),
          spot: fc.constantFrom(
            null,
            null,
            { every: '8m', notice: '30s' },
            { every: '8m', notice: '0s', back: '1m' },
          ),
        }),
        2,
      ),
      burst: fc.boolean(),
      waited: fc.constantFrom('0s', '40s'),
    })
    .map(({ expansions, removals, group, burst, waited }) => ({
      expansions: expansions ?? [],
      removals: removals ?? [],
      groups: group === undefined ? [] : [group],
      bursts: burst && pools.length > 1 ? [{ to: 'second', waited }] : [],
    }));
};

/** @returns documents of scenarios that a run of an hour at most simulates */
export const lives: fc.Arbitrary<Json> = groups.chain((fleet) => {
  const pooled = fleet.length > 1 ? fc.boolean() : fc.constant(false);
  return pooled.chain((hasPools) => {
    const pools = hasPools ? ['default', 'second'] : ['default'];
    return fc
      .record({
        seed: fc.nat(1e6),
        tasks: fc.integer({ min: 15, max: 40 }),
        arrivals: fc.constantFrom<Json>(
          { process: 'poisson', rate: '200/h' },
          { process: 'poisson', rate: '900/h' },
          { process: 'bursts', rate: '30/h', size: { kind: 'constant', value: 5 } },
          { process: 'deterministic', rate: '300/h' },
        ),
        classes: classes(fleet, pools),
        sessions: maybe(sessions(fleet, pools), 1, 2),
        service: maybe(service(fleet, pools), 1, 2),
        main: scheduling,
        second: scheduling,
        faults: maybe(faults(fleet), 2),
        changes: maybe(changes(fleet)),
        repartition: repartition(fleet),
        elastic: maybe(elastic(fleet, pools)),
        numa: fc.constantFrom(1, 2),
        warmup: fc.constantFrom('0s', '5m'),
        horizon: fc.constantFrom('20m', '40m', '2h'),
      })
      .map(({ main, second, ...all }) => ({
        apiVersion: 'slicewise/v1',
        name: 'life',
        seed: all.seed,
        fleet: {
          hosts: fleet.map(({ name, count, kind, gpus }) => ({
            name,
            count,
            cpu: 24,
            memory: '64GiB',
            numa: gpus > 1 ? all.numa : 1,
            gpus: { model: kind.model, count: gpus },
            ...(kind.sharing === undefined ? {} : { sharing: kind.sharing }),
          })),
        },
        workload: {
          synthetic: { tasks: all.tasks, arrivals: all.arrivals, classes: all.classes },
          ...(all.sessions === undefined ? {} : { sessions: [all.sessions] }),
          ...(all.service === undefined ? {} : { services: [all.service] }),
        },
        policy: {
          ...main,
          ...(hasPools
            ? { pools: [{ name: 'second', hosts: [fleet[fleet.length - 1]?.name], ...second }] }
            : {}),
        },
        ...(all.faults === undefined ? {} : { faults: all.faults }),
        ...(all.changes === undefined ? {} : { changes: all.changes }),
        ...(all.repartition.length === 0 ? {} : { repartition: all.repartition }),
        ...(all.elastic === undefined ? {} : { elastic: all.elastic }),
        experiment: { kind: 'timed', horizon: all.horizon, warmup: all.warmup },
      }));
  });
});
