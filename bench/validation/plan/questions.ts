import { RandomStream } from '../../../sim/kernel/random.ts';

/** A planning question made by chance. */
export interface Question {
  readonly document: Readonly<Record<string, unknown>>;
  /** What it is about, for whoever sees it fail. */
  readonly about: string;
}

type Pick = <T>(items: readonly T[]) => T;

const FEW = {
  ...{ hours: 30, to: 5, others: 3, hosts: 1 },
  replications: { search: 2, most: 4, verify: 3 },
};
const MANY = {
  ...{ hours: 72, to: 72, others: 20, hosts: 30 },
  replications: { search: 3, most: 12, verify: 10 },
};

/**
 * Question `number` of a kind: fleets of one or two models, whole GPUs and parts, MIG, time-slicing or vGPUs, batch jobs, gangs
 * and desktops, prices of several kinds, a limit of waiting. Small ones have some tens of plans, medium ones some hundreds.
 */
export function questionOf(number: number, size: 'small' | 'medium'): Question {
  const random = RandomStream.named(number, `plan-question-${size}`);
  const pick: Pick = (items) => items[Math.floor(random.next() * items.length)] as (typeof items)[number];
  const between = (from: number, to: number) => from + random.next() * (to - from);
  const kind = pick<Kind>(['parts', 'parts', 'gangs', 'mig', 'time-slicing', 'desktops']);
  const scale = size === 'small' ? FEW : MANY;
  const made = KINDS[kind](pick, between, scale.hosts);
  const isTwo = made.second !== undefined && random.next() < 0.6;
  const { hours } = scale;
  const document = {
    apiVersion: 'slicewise/v1',
    name: `question-${size}-${number}`,
    seed: number,
    fleet: { hosts: [made.first, ...(isTwo ? [made.second] : [])] },
    workload: made.workload(hours),
    cost: {
      currency: 'USD',
      hosts: [
        priced('a', made.first, pick, between),
        ...(isTwo ? [priced('b', made.second as Host, pick, between)] : []),
      ],
    },
    policy: {
      placement: pick(['best-fit', 'worst-fit', 'first-fit']),
      scheduling: { fill: pick(['skip', 'block']) },
    },
    experiment: { kind: 'timed', horizon: `${hours}h`, warmup: '6h' },
    objectives: [made.objective],
    plan: {
      choices: [
        {
          name: 'order',
          options: pick([
            [{ name: 'as-stated' }],
            [{ name: 'as-stated' }, { name: 'sjf', set: { 'policy.queueing': 'sjf' } }],
            [
              { name: 'as-stated' },
              {
                name: 'dear',
                set: {
                  'cost.fixed': [
                    { name: 'service', kind: 'administration', perMonth: Math.round(between(10, 900)) },
                  ],
                },
              },
            ],
          ]),
        },
      ],
      counts: [
        { name: 'a', path: 'fleet.hosts.a.count', to: scale.to },
        ...(isTwo ? [{ name: 'b', path: 'fleet.hosts.b.count', from: 0, to: scale.others }] : []),
      ],
      replications: scale.replications,
      // What is proven is proven for typical overheads.
      ...(size === 'medium' ? { uncertainty: false } : {}),
      rivals: 0,
    },
  };
  return { document, about: `${size} ${number}: ${kind}${isTwo ? ', two groups' : ''}` };
}

type Kind = 'parts' | 'gangs' | 'mig' | 'time-slicing' | 'desktops';

interface Host {
  readonly name: string;
  readonly [key: string]: unknown;
}

interface Made {
  readonly first: Host;
  readonly second?: Host;
  readonly objective: string;
  workload(hours: number): object;
}

type Between = (from: number, to: number) => number;

/** @param hosts that the load is made for, about */
const KINDS: Readonly<Record<Kind, (pick: Pick, between: Between, hosts: number) => Made>> = {
  parts: (pick, between, hosts) => ({
    first: { name: 'a', cpu: 64, memory: '512GiB', gpus: { model: 'L4', count: 4 } },
    second: { name: 'b', cpu: 48, memory: '256GiB', gpus: { model: 'A10', count: pick([1, 2]) } },
    objective: pick(['p95(wait) < 30 min', 'mean(wait) < 5 min', 'p95(wait) < 5 min']),
    workload: (hours) => ({
      synthetic: {
        until: `${hours}h`,
        arrivals: { process: 'poisson', rate: `${round(hosts * between(3, 7))}/h` },
        classes: [
          batch('part', { gpus: 1, gpu: pick(['50%', '25%', '60%']) }, pick, between),
          batch('whole', { gpus: 1 }, pick, between),
        ],
      },
    }),
  }),
  gangs: (pick, between, hosts) => ({
    first: { name: 'a', cpu: 96, memory: '512GiB', gpus: { model: 'A100-SXM4-80GB', count: 4 } },
    second: { name: 'b', cpu: 96, memory: '512GiB', gpus: { model: 'A100-SXM4-80GB', count: 2 } },
    objective: pick(['p95(wait) < 1 h', 'mean(wait) < 15 min']),
    workload: (hours) => ({
      synthetic: {
        until: `${hours}h`,
        arrivals: { process: 'poisson', rate: `${round(hosts * between(2, 4))}/h` },
        classes: [
          batch('two', { gpus: 2 }, pick, between),
          { ...batch('one', { gpus: 1 }, pick, between), weight: 3 },
        ],
      },
    }),
  }),
  mig: (pick, between, hosts) => {
    const sharing = pick([
      { mode: 'mig' },
      { mode: 'mig', layout: ['3g.40gb', '2g.20gb', '1g.10gb', '1g.10gb'] },
    ]);
    return {
      first: { name: 'a', cpu: 96, memory: '512GiB', gpus: { model: 'A100-SXM4-80GB', count: 2 }, sharing },
      objective: pick(['p95(wait) < 30 min', 'p95(wait) < 10 min']),
      workload: (hours) => ({
        synthetic: {
          until: `${hours}h`,
          arrivals: { process: 'poisson', rate: `${round(hosts * between(3, 7))}/h` },
          classes: [
            batch('small', { gpus: 1, slot: { profile: '1g.10gb' } }, pick, between),
            batch('large', { gpus: 1, slot: { profile: '3g.40gb' } }, pick, between),
          ],
        },
      }),
    };
  },
  'time-slicing': (pick, between, hosts) => ({
    first: {
      name: 'a',
      cpu: 64,
      memory: '256GiB',
      gpus: { model: 'L4', count: 2 },
      sharing: { mode: 'time-slicing', replicas: pick([2, 4]) },
    },
    objective: pick(['p95(wait) < 20 min', 'mean(wait) < 10 min']),
    workload: (hours) => ({
      synthetic: {
        until: `${hours}h`,
        arrivals: { process: 'poisson', rate: `${round(hosts * between(2, 4))}/h` },
        classes: [
          {
            ...batch('turns', { gpus: 1 }, pick, between),
            use: { busy: '60%', compute: '50%', bandwidth: '40%', memory: '4GiB' },
          },
        ],
      },
    }),
  }),
  desktops: (pick, between, hosts) => ({
    first: {
      name: 'a',
      cpu: 96,
      memory: '512GiB',
      gpus: { model: 'L4', count: 2 },
      sharing: { mode: 'vgpu', scheduler: 'best-effort', series: 'Q' },
    },
    objective: pick(['p95(wait) < 5 min', 'p95(wait) < 60 s']),
    workload: () => ({
      sessions: [
        {
          name: 'desk',
          users: Math.round(hosts * between(8, 20)),
          cpu: 1,
          memory: '4GiB',
          slot: { profile: pick(['L4-4Q', 'L4-2Q']) },
          logon: pick([{ kind: 'always' }, { kind: 'storm', at: '8h', spread: '45m', daily: true }]),
          duration: { kind: 'normal', mean: '8h', sd: '1h' },
          use: { workload: 'graphics', busy: '20%', compute: '15%', bandwidth: '10%', memory: '1GiB' },
        },
      ],
    }),
  }),
};

function batch(name: string, demand: object, pick: Pick, between: Between) {
  return {
    name,
    weight: pick([1, 2]),
    cpu: pick([1, 4]),
    memory: '8GiB',
    ...demand,
    lifetime: pick([exponential, exponential, constant])(Math.round(between(20, 80))),
  };
}

const exponential = (minutes: number) => ({ kind: 'exponential', mean: `${minutes}m` });
const constant = (minutes: number) => ({ kind: 'constant', value: `${minutes}m` });

function priced(name: string, host: Host, pick: Pick, between: Between): object {
  const amount = (from: number, to: number) => ({ amount: Math.round(between(from, to)), source: 'made up' });
  const tenure = pick([
    { owned: { host: amount(8000, 30_000), gpu: amount(2000, 12_000), months: 48 }, power: 'included' },
    { leased: { host: amount(200, 900), gpu: amount(50, 400), months: 36 } },
  ]);
  return { name, hosts: host.name, ...tenure };
}

const round = (value: number) => Number(value.toPrecision(3));
