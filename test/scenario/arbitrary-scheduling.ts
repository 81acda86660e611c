import fc from 'fast-check';
import { QUEUEING_POLICY_NAMES } from '../../sim/policies/queueing/names.ts';
import { ROUND_ORDERS, SPEED_VIEWS, TIME_SHARE_NAMES } from '../../sim/policies/time-share/names.ts';
import { hostName, type ScenarioDocument } from '../../sim/scenario/index.ts';

/** What is said of turns, faults, and hosts that come and go, added to valid scenarios with stated hosts. */

type Policy = NonNullable<ScenarioDocument['policy']>;
type Scheduling = NonNullable<Policy['scheduling']>;
type Workload = ScenarioDocument['workload'];
type Class = NonNullable<Workload['synthetic']>['classes'][number];
type Groups = NonNullable<ScenarioDocument['fleet']['hosts']>;
type Faults = NonNullable<ScenarioDocument['faults']>;
type Elastic = NonNullable<ScenarioDocument['elastic']>;
type Repartition = NonNullable<ScenarioDocument['repartition']>;

const length = fc.constantFrom('90s', '1.5m', '0.5h', '1d', '250ms');
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof(arbitrary, fc.constant(null));
const TENANTS = ['vision', 'speech team', 'research/a'] as const;
const tenant = fc.constantFrom(...TENANTS);
const law = fc.constantFrom(
  { kind: 'exponential' as const, mean: '40h' },
  { kind: 'weibull' as const, shape: 0.8, scale: '90d' },
  { kind: 'constant' as const, value: '0.5d' },
);

const timeShare: fc.Arbitrary<NonNullable<Scheduling['timeShare']>> = fc.record(
  {
    by: fc.constantFrom(...TIME_SHARE_NAMES),
    speeds: fc.constantFrom(...SPEED_VIEWS),
    order: fc.constantFrom(...ROUND_ORDERS),
    review: fc.oneof(length, fc.constant('0s')),
    weights: fc.dictionary(tenant, fc.constantFrom(0.5, 1, 1e9)),
    costs: fc.dictionary(fc.constantFrom('T4', 'A10', 'nobody has it'), fc.constantFrom(0.1, 3)),
  },
  { requiredKeys: ['by'] },
);

const scheduling: fc.Arbitrary<Scheduling> = fc
  .record(
    {
      fill: fc.constantFrom('block' as const, 'skip' as const, 'easy' as const, 'conservative' as const),
      depth: fc.integer({ min: 1, max: 1_000_000 }),
      preemption: fc.constantFrom('none' as const, 'evict' as const, 'refill' as const),
      stopBy: fc.constantFrom('suspend' as const, 'checkpoint' as const, 'kill' as const, 'migrate' as const),
      rounds: orNull(length),
      keepPlace: fc.boolean(),
      timeShare: fc.option(timeShare, { nil: undefined, freq: 2 }),
      minRun: fc.oneof(length, fc.constant('0s')),
      estimates: fc.oneof(
        fc.constantFrom('exact' as const, 'stated' as const),
        fc.record(
          { of: fc.constantFrom('exact' as const, 'stated' as const), noise: fc.constantFrom(0, 0.25, 5) },
          { requiredKeys: ['noise'] },
        ),
      ),
      maxJobsPerUser: orNull(fc.integer({ min: 1, max: 1e9 })),
      maxGpusPerUser: orNull(fc.constantFrom(0.25, 8, 1e9)),
      ageing: orNull(length),
      halfLife: orNull(length),
      weights: fc.dictionary(tenant, fc.constantFrom(0.5, 1, 1e9)),
      resourceWeights: fc.record(
        {
          compute: fc.constantFrom<string | number>('70%', 0.7, 0),
          memory: fc.constantFrom<string | number>('30%', 0.3, 1),
        },
        { requiredKeys: [] },
      ),
      attainedLimits: fc.constantFrom([], [3250, 7200], [0.5]),
      promoteAfter: orNull(fc.constantFrom(0.5, 8)),
      queueOrder: fc.constantFrom('arrival' as const, 'first-start' as const),
      quotas: fc.constantFrom(
        {},
        { research: { guaranteed: 12 }, 'research/a': { guaranteed: 4.5, max: 8, weight: 2 } },
        { a: { max: null }, 'a/b': { weight: 0.5 }, 'a/b/c': {} },
      ),
    },
    { requiredKeys: [] },
  )
  .map(({ timeShare: divided, preemption, ...stated }) => {
    // Where time is divided, all is decided anew in each round.
    const decides = divided === undefined || preemption === 'refill' ? { preemption } : {};
    const parts = Object.entries({ ...stated, timeShare: divided, ...decides });
    return Object.fromEntries(parts.filter(([, value]) => value !== undefined)) as object as Scheduling;
  });

const scores = fc.constantFrom<NonNullable<Policy['scores']>>(
  { 'best-fit': 0.7, fgd: 0.3 },
  { random: 1 },
  { 'dot-product': 2, 'worst-fit': 0.5, fastest: 1e6 },
);
const scheduled = fc
  .record(
    {
      tieBreak: fc.constantFrom('auto' as const, 'host-order' as const),
      queueing: fc.constantFrom(...QUEUEING_POLICY_NAMES),
      scheduling,
      scores,
    },
    { requiredKeys: [] },
  )
  .map((stated) => stated as Omit<NonNullable<Policy['pools']>[number], 'name' | 'hosts'>);

/** Who asks; `pools` are the names that there are. */
const claim = (pools: readonly string[]) =>
  fc.record(
    {
      tenant,
      queue: fc.constantFrom('research', 'research/a', 'a/b/c'),
      pool: fc.constantFrom(...pools),
      priority: fc.constantFrom(-1e9, -0, 0, 2.5, 10),
      preemptible: fc.boolean(),
      checkpoint: orNull(
        fc.record(
          { every: orNull(length), save: fc.constantFrom('0s', '20s'), restore: length },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  );
const ofClass = fc.record(
  {
    workers: fc.integer({ min: 1, max: 8 }),
    layout: fc.constantFrom<NonNullable<Class['layout']>>(
      {},
      { within: 'rack', prefer: 'host', maxPerHost: 8 },
      { spread: 'hosts', maxOfClassPerHost: 3 },
      { within: 'pool', spread: 'racks' },
    ),
  },
  { requiredKeys: [] },
);
/** Without `tenant`, whose place `tenants` takes. */
const tenants = fc.constantFrom<NonNullable<Class['tenants']>>({ vision: 2, 'speech team': 1 }, { a: 0.5 });

/** Each item with keys of its own. */
function each<Item extends object, More extends object>(
  items: readonly Item[],
  more: fc.Arbitrary<More>,
): fc.Arbitrary<(Item & More)[]> {
  return fc
    .array(more, { minLength: items.length, maxLength: items.length })
    .map((added) => items.map((item, i) => ({ ...item, ...(added[i] as More) })));
}

function withClaims(workload: Workload, pools: readonly string[]): fc.Arbitrary<Workload> {
  const { synthetic, services, sessions } = workload;
  const known = claim(pools);
  const classClaim = fc
    .tuple(known, ofClass, fc.option(tenants))
    .map(([who, places, several]): Partial<Class> => {
      const { tenant: one, ...rest } = who;
      const whose = several === null ? (one === undefined ? {} : { tenant: one }) : { tenants: several };
      return { ...rest, ...whose, ...places };
    });
  return fc
    .record({
      ...(synthetic === undefined
        ? {}
        : { synthetic: each(synthetic.classes, classClaim).map((classes) => ({ ...synthetic, classes })) }),
      ...(services === undefined ? {} : { services: each(services, known) }),
      ...(sessions === undefined ? {} : { sessions: each(sessions, known) }),
    })
    .map((changed) => ({ ...workload, ...changed }) as Workload);
}

/** A host of a group, by its name. */
const oneOf = ({ name, count = 1 }: Groups[number]) =>
  fc.nat(count - 1).map((index) => hostName(name, index, count));

function faultsOf(groups: Groups): fc.Arbitrary<Faults> {
  const group = fc.constantFrom(...groups);
  const some = group.chain((of) =>
    fc.oneof(
      fc.constant(of.name),
      oneOf(of),
      oneOf(of).map((host) => [host]),
    ),
  );
  const drawn = fc.record(
    {
      kind: fc.constantFrom('gpu' as const, 'host' as const, 'nvlink' as const, 'uplink' as const),
      hosts: some,
      between: law,
      repair: law,
      crew: fc.boolean(),
    },
    { requiredKeys: ['kind', 'between', 'repair'] },
  );
  const logged = group.chain(oneOf).map((host) => ({
    kind: 'host' as const,
    log: [{ at: '1h', host, for: '90m' }],
  }));
  const ofRacks = fc.constant({
    kind: 'rack' as const,
    between: { kind: 'exponential' as const, mean: '9d' },
    repair: { kind: 'constant' as const, value: '1h' },
  });
  const licences = fc.constant({
    kind: 'licence-server' as const,
    count: 2,
    log: [{ at: '2h', host: 'x', for: '1h' }],
  });
  return fc
    .record(
      {
        failures: fc.array(fc.oneof(drawn, logged, ofRacks, licences), { maxLength: 4 }),
        racks: some.map((hosts) => [{ name: 'left', hosts }]),
        process: orNull(law),
        crews: orNull(fc.integer({ min: 1, max: 9 })),
        jobs: fc.constantFrom('restart' as const, 'fail' as const),
        retries: orNull(fc.nat(9)),
        licenceGrace: length,
        windows: fc.array(
          fc.record(
            {
              at: fc.constantFrom('0s', '2h'),
              for: length,
              every: orNull(fc.constantFrom('7d', '36h')),
              drain: fc.constantFrom('0s', '30m'),
              hosts: some,
              running: fc.constantFrom('wait' as const, 'stop' as const),
            },
            { requiredKeys: ['at', 'for', 'hosts'] },
          ),
          { maxLength: 2 },
        ),
        spares: some.map((hosts) => [{ hosts, standby: 0, switchOver: '10m' }]),
      },
      // Racks are needed by those that fail.
      { requiredKeys: ['racks'] },
    )
    .map((written) => written as object as Faults);
}

function elasticOf(groups: Groups, pools: readonly string[]): fc.Arbitrary<Elastic> {
  const [kept, ...others] = groups;
  const byLoad = others.find(({ count = 1 }) => count > 1);
  const byDate = groups.filter((group) => group !== byLoad && group !== kept);
  const group = fc.record(
    {
      name: fc.constant('cloud'),
      hosts: fc.constant(byLoad?.name ?? ''),
      min: fc.constantFrom(0, 1),
      max: orNull(fc.constant(byLoad?.count ?? 1)),
      start: orNull(fc.constant(1)),
      boot: fc.oneof(length, law),
      out: fc.constantFrom(
        { jobs: 1 },
        { gpus: 4, waited: '10m', by: 2 },
        { allocated: '85%', window: '5m', cooldown: '1m' },
      ),
      in: fc.constantFrom({ idle: '10m' }, { idle: null, allocated: 0.25 }),
      minLife: length,
      week: fc.constantFrom([], [{ days: [0, 4], from: '8h', to: '18h', hosts: 1 }]),
      price: fc.constantFrom(
        null,
        { perHour: 0.5, every: '1m', cap: 100 },
        { instance: { provider: 'AWS', name: 'g6.xlarge' }, egress: { perGb: 0.09, data: '1GB' } },
      ),
      spot: fc.constantFrom(
        null,
        { every: '12h', notice: '2m' },
        { log: [{ at: '1h', hosts: 1 }], notice: '0s', back: '30m' },
      ),
    },
    { requiredKeys: ['name', 'hosts'] },
  );
  return fc
    .record(
      {
        expansions: fc.constant(byDate.slice(0, 1).map(({ name }) => ({ at: '2h', hosts: name }))),
        removals: fc.constant(byDate.slice(1, 2).map(({ name }) => ({ at: '1d', hosts: [name] }))),
        groups: byLoad === undefined ? fc.constant([]) : group.map((of) => [of]),
        bursts: fc.constant(pools.length < 2 ? [] : [{ to: pools[1] as string, waited: '2m', jobs: null }]),
      },
      { requiredKeys: [] },
    )
    .map((written) => written as object as Elastic);
}

/** How the cards of a group may be cut anew: of MIG, whether it states a layout decides by which policy. */
function rulesOf({ name: hosts, sharing }: Groups[number]): fc.Arbitrary<Repartition[number]> {
  const mode = typeof sharing === 'object' ? sharing?.mode : sharing;
  if (mode === 'vgpu' || mode === 'sriov') {
    const migrate = mode === 'vgpu' ? 'vsphere-7.0' : 'cold';
    const periodic = fc.record(
      {
        hosts: fc.constantFrom(hosts, [hosts]),
        policy: fc.constant('periodic' as const),
        every: orNull(length),
        atUnserved: fc.boolean(),
        gap: fc.constantFrom('0s', '90s'),
        running: fc.constantFrom('wait' as const, 'save' as const, 'stop' as const, 'move' as const),
        patience: orNull(length),
        runningWeight: fc.constantFrom(0.5, 1000),
        migrate: fc.constantFrom(null, migrate),
      },
      { requiredKeys: ['hosts', 'policy'] },
    );
    if (mode === 'vgpu') return periodic as fc.Arbitrary<Repartition[number]>;
    return fc.oneof(
      periodic as fc.Arbitrary<Repartition[number]>,
      fc.constant<Repartition[number]>({ hosts, policy: 'on-demand' }),
    );
  }
  if (sharing === 'mig') {
    return fc.constantFrom<Repartition[number]>(
      { hosts, policy: 'on-demand' },
      { hosts, policy: 'defragment', every: '2h', gainPerCost: 0.5, maxMoves: 1 },
    );
  }
  return fc.constant({ hosts: [hosts], policy: 'periodic', every: '1h', running: 'save', patience: null });
}

const isCut = ({ sharing }: Groups[number]) =>
  sharing === 'mig' ||
  sharing === 'vgpu' ||
  (typeof sharing === 'object' && (sharing?.mode === 'vgpu' || sharing?.mode === 'sriov')) ||
  (typeof sharing === 'object' &&
    sharing?.mode === 'mig' &&
    sharing.layout != null &&
    !sharing.computeInstances);

/**
 * Scenarios with a policy that says how jobs take turns and perhaps a pool, claims, gangs, faults, and hosts that come and
 * go, each where the scenario can have it.
 */
export function withTurns(scenario: ScenarioDocument): fc.Arbitrary<ScenarioDocument> {
  const groups = scenario.fleet.hosts as Groups;
  const { experiment } = scenario;
  const isTimed = experiment === undefined || experiment.kind === 'timed';
  const hasEnd = experiment?.kind === 'timed' && experiment.horizon != null;
  const own = groups[1];
  const cut = groups.filter(isCut);
  return fc.boolean().chain((hasPool) => {
    const pools = hasPool && own !== undefined ? ['default', 'own'] : ['default'];
    const pool = scheduled.map((of) =>
      own === undefined || pools.length === 1 ? {} : { pools: [{ name: 'own', hosts: [own.name], ...of }] },
    );
    return fc
      .record({
        policy: fc.tuple(scheduled, pool),
        workload: withClaims(scenario.workload, pools),
        faults: hasEnd ? fc.option(faultsOf(groups)) : fc.constant(null),
        elastic: hasEnd ? fc.option(elasticOf(groups, pools)) : fc.constant(null),
        repartition:
          isTimed && cut.length > 0 && scenario.changes === undefined
            ? fc.option(fc.constantFrom(...cut).chain(rulesOf))
            : fc.constant(null),
      })
      .map(({ policy: [of, more], workload, faults, elastic, repartition }) => {
        const { placement, ...rest } = scenario.policy ?? {};
        const isStated = placement !== undefined && of.scores === undefined;
        return {
          ...scenario,
          workload,
          policy: { ...rest, ...(isStated ? { placement } : {}), ...of, ...more },
          ...(faults === null ? {} : { faults }),
          ...(elastic === null ? {} : { elastic }),
          ...(repartition === null ? {} : { repartition: [repartition] }),
        } as ScenarioDocument;
      });
  });
}

/** A fleet of a trace, whole or in part, with the recorded tasks. */
export const tracedScenario: fc.Arbitrary<ScenarioDocument> = fc
  .record(
    {
      format: fc.constant('openb' as const),
      nodes: fc.constantFrom('nodes.csv', '../a b.csv'),
      strict: fc.boolean(),
      keep: fc.oneof(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom('5%', ' 0.1 %', '0.5', '100%', null),
      ),
    },
    { requiredKeys: ['format', 'nodes'] },
  )
  .map((trace) => ({
    apiVersion: 'slicewise/v1' as const,
    name: 'traced',
    fleet: { trace },
    workload: { trace: { format: 'openb' as const, pods: 'pods.csv' } },
  }));
