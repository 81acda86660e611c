import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterObserver, Job } from '../../sim/cluster/changes.ts';
import type {
  Discipline,
  QueuedJob,
  QueueingConfig,
  QueueingPolicy,
} from '../../sim/policies/queueing/discipline.ts';
import { QUEUEING_POLICIES } from '../../sim/policies/queueing/index.ts';
import { las } from '../../sim/policies/queueing/las.ts';
import { withLimits } from '../../sim/policies/queueing/limits.ts';
import {
  type DisciplineOption,
  OPTIONS_READ,
  type PreemptionName,
  type PreemptionWay,
  QUEUEING_POLICY_NAMES,
  STOPPING_NAMES,
} from '../../sim/policies/queueing/names.ts';
import { guardOf, type JobStory, runSmall, type SmallJob, type SmallRun } from '../queueing/pool-run.ts';

const policies = QUEUEING_POLICIES.map((policy) => [policy.name, policy] as const);
/** With disciplines that an option makes another one. */
const variants: readonly (readonly [string, QueueingPolicy])[] = [
  ...policies,
  ['las by first start', withConfig(las, { queueOrder: 'first-start' })],
];

/** Numbers under which every promise holds, and small enough to matter in runs of a minute. */
const LIVELY: Partial<QueueingConfig> = {
  ageingUs: 10e6,
  halfLifeUs: 20e6,
  weights: { a: 2, c: 0.5 },
  resourceWeights: { compute: 0.7, memory: 0.3 },
  attainedLimits: [4, 12],
  promoteAfter: 1,
  quotas: [
    { path: 'x', guaranteedGpus: 2, maxGpus: Number.POSITIVE_INFINITY, weight: 1 },
    { path: 'x/y', guaranteedGpus: 1, maxGpus: Number.POSITIVE_INFINITY, weight: 2 },
    { path: 'z', guaranteedGpus: 1, maxGpus: Number.POSITIVE_INFINITY, weight: 1 },
  ],
};
/**
 * Where stopping costs work or time, jobs that are promoted could stop each other for ever: the time in the first queue
 * may be less than it takes to read a state back.
 */
const WITHOUT_PROMOTION: Partial<QueueingConfig> = { ...LIVELY, promoteAfter: Number.POSITIVE_INFINITY };

const HOSTS = [4, 2];

const shape = fc.oneof(
  fc.record({ gpus: fc.integer({ min: 0, max: 4 }), cpu: fc.constant(1000) }),
  fc.record({ milli: fc.constantFrom(250, 500, 700) }),
  fc.record({ workers: fc.constantFrom([2, 2], [1, 1, 1], [4, 2]) }),
);
const claim = fc.record({
  tenant: fc.constantFrom('a', 'b', 'c', ''),
  queue: fc.constantFrom('x', 'x/y', 'z', ''),
  priority: fc.integer({ min: -1, max: 2 }),
  isPreemptible: fc.boolean(),
});
const jobSets = fc
  .array(
    fc.record({
      at: fc.nat(20),
      runs: fc.integer({ min: 1, max: 15 }),
      estimate: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
      claim,
      shape,
      saveSec: fc.constantFrom(0, 1, 2),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) =>
    list.map(({ at, runs, estimate, claim: who, shape: what, saveSec }, i): SmallJob => {
      const checkpoint = {
        intervalUs: Number.POSITIVE_INFINITY,
        saveUs: saveSec * 1e6,
        restoreUs: 1e6,
      };
      const asked = { name: `j${i}`, at, runs, claim: { ...who, checkpoint }, ...what };
      return estimate === undefined ? asked : { ...asked, estimate };
    }),
  );

/** All ways to stop jobs; a discipline that stops nobody of its own accord still obeys rounds that hand out anew. */
const WAYS = [
  ['none', 'suspend', null],
  ['evict', 'suspend', null],
  ['evict', 'checkpoint', null],
  ['evict', 'kill', null],
  ['refill', 'suspend', 5e6],
  ['refill', 'checkpoint', 5e6],
] as const;

/** How backfilling may meet jobs that are stopped. */
const FILLED = [
  ['none', 'suspend', null],
  ['none', 'suspend', 5e6],
  ['evict', 'suspend', null],
  ['evict', 'checkpoint', null],
] as const;

/** Limits, rounds, and whether who goes on keeps its place. */
const BOUND: readonly {
  readonly limits: boolean;
  readonly sticky: boolean;
  readonly preemption: PreemptionName;
  readonly way?: PreemptionWay;
  readonly roundUs: number | null;
}[] = [
  { limits: true, sticky: true, preemption: 'none', roundUs: null },
  { limits: true, sticky: true, preemption: 'none', roundUs: 4e6 },
  { limits: true, sticky: true, preemption: 'evict', way: 'checkpoint', roundUs: null },
  { limits: true, sticky: true, preemption: 'evict', way: 'suspend', roundUs: 4e6 },
  { limits: true, sticky: false, preemption: 'refill', way: 'checkpoint', roundUs: 4e6 },
  { limits: false, sticky: false, preemption: 'refill', way: 'suspend', roundUs: 4e6 },
  { limits: false, sticky: false, preemption: 'refill', way: 'checkpoint', roundUs: 4e6 },
  { limits: false, sticky: true, preemption: 'refill', way: 'suspend', roundUs: null },
];

interface Adversary {
  readonly title: string;
  readonly victim: SmallJob;
  /** The stream brings one of each every second, for ever: more than two GPUs can do. */
  readonly stream: readonly Omit<SmallJob, 'name' | 'at'>[];
}

const ADVERSARIES: readonly Adversary[] = [
  {
    title: 'a long wide job of little urgency among short narrow urgent ones of other tenants',
    victim: { name: 'victim', at: 20, runs: 40, gpus: 2, claim: { tenant: 'v', priority: 0 } },
    stream: [
      { runs: 2, gpus: 1, claim: { tenant: 'a', priority: 3 } },
      { runs: 1, gpus: 1, claim: { tenant: 'b', priority: 3 } },
    ],
  },
  {
    title: 'a narrow job among wide ones',
    victim: { name: 'victim', at: 20, runs: 5, gpus: 1, claim: { tenant: 'v', priority: 0 } },
    stream: [{ runs: 2, gpus: 2, claim: { tenant: 'a', priority: 0 } }],
  },
  {
    title: 'a job like all others but for a tenant that has had much and a lower priority',
    victim: { name: 'victim', at: 20, runs: 2, gpus: 1, claim: { tenant: 'v', priority: -1 } },
    stream: [{ runs: 5, gpus: 1, claim: { tenant: 'a', priority: 0 } }],
  },
];

/** Length of the stream, in seconds: endless for the purpose. */
const STREAM = 500;

describe.each(variants)('%s', (_name, policy) => {
  describe.each(WAYS)('with jobs stopped by %s, %s', (preemption, way, roundUs) => {
    const setup = (jobs: readonly SmallJob[], fill: 'block' | 'skip'): SmallRun => ({
      hosts: HOSTS,
      jobs,
      policy,
      rules: { fill, preemption, way, roundUs },
      config: way === 'suspend' ? LIVELY : WITHOUT_PROMOTION,
    });

    test.each(['block', 'skip'] as const)(
      'every job ends exactly once, and loses nothing it may keep: %s',
      (fill) => {
        fc.assert(
          fc.property(jobSets, (jobs) => {
            const watch = new Watch();
            const followed = followedBy(policy);
            const stories = runSmall({
              ...setup(jobs, fill),
              policy: followed.policy,
              observer: watch.observer,
            });
            expect([...stories.keys()].sort()).toEqual(jobs.map(({ name }) => name).sort());
            for (const job of jobs) {
              const story = stories.get(job.name) as JobStory;
              expect(story.end, job.name).toBeDefined();
              expect(story.rejected).toBeUndefined();
              expect(watch.ends.get(job.name), job.name).toBe(1);
              if (way === 'kill') continue;
              expect(story.lost).toBe(0);
              if (way === 'suspend' && preemption !== 'refill') {
                expect(story.starts).toHaveLength(story.stops.length + 1);
                expect(ranFor(story)).toBeCloseTo(job.runs, 5);
              }
              if (preemption === 'none') expect(story.stops).toEqual([]);
              if (job.claim?.isPreemptible === false) expect(story.stops).toEqual([]);
            }
            expect(watch.held).toBe(0);
            expect(followed.problems).toEqual([]);
          }),
          { seed: 101, numRuns: 25 },
        );
      },
    );

    test('the same run twice is the same story', () => {
      fc.assert(
        fc.property(jobSets, fc.constantFrom('block', 'skip'), (jobs, fill) => {
          const once = runSmall(setup(jobs, fill));
          expect([...runSmall(setup(jobs, fill))]).toEqual([...once]);
        }),
        { seed: 102, numRuns: 10 },
      );
    });
  });

  test.each(['easy', 'conservative'] as const)('every job ends exactly once under %s', (fill) => {
    fc.assert(
      fc.property(jobSets, fc.constantFrom(...FILLED), (jobs, [preemption, way, roundUs]) => {
        const config = way === 'suspend' ? LIVELY : WITHOUT_PROMOTION;
        const rules = { fill, preemption, way, roundUs };
        const setup = { hosts: HOSTS, jobs, config, rules, guard: guardOf(fill) };
        const { problems, stories } = followedRun(policy, setup);
        expect(problems).toEqual([]);
        if (preemption !== 'none') return;
        expect([...runSmall({ ...setup, policy })]).toEqual([...stories]);
      }),
      { seed: 107, numRuns: 15 },
    );
  });

  test('within limits of its users, in rounds, and with places kept or not, every job ends exactly once', () => {
    fc.assert(
      fc.property(jobSets, fc.constantFrom(...BOUND), (jobs, { limits, sticky, ...more }) => {
        const { way = 'suspend' } = more;
        const rules = { fill: 'skip' as const, isSticky: sticky, way, ...more };
        const config = way === 'suspend' ? LIVELY : WITHOUT_PROMOTION;
        const bound = limits ? withLimits(policy, { maxJobsPerUser: 2, maxGpusPerUser: 6 }) : policy;
        const watch = new Limits(2, 6);
        const setup = { hosts: HOSTS, jobs, config, rules };
        const { problems } = followedRun(bound, limits ? { ...setup, observer: watch.observer } : setup);
        expect([...problems, ...watch.problems]).toEqual([]);
      }),
      { seed: 108, numRuns: 25 },
    );
  });

  if (!policy.promises.preempts) {
    test('stops nobody, as it promises', () => {
      fc.assert(
        fc.property(jobSets, (jobs) => {
          const stories = runSmall({
            hosts: HOSTS,
            jobs,
            policy,
            rules: { preemption: 'evict' },
            config: LIVELY,
          });
          for (const { stops } of stories.values()) expect(stops).toEqual([]);
        }),
        { seed: 103, numRuns: 15 },
      );
    });
  }

  test('leaves no job waiting for which a host has room, where whoever fits may start', () => {
    fc.assert(
      fc.property(jobSets, fc.constantFrom('none', 'evict'), (jobs, preemption) => {
        const watch = new Watch();
        runSmall({
          hosts: HOSTS,
          jobs: jobs.filter(({ workers }) => workers === undefined),
          policy,
          rules: { fill: 'skip', preemption },
          config: LIVELY,
          observer: watch.observer,
        });
        expect(watch.idleWhileWaiting()).toEqual([]);
      }),
      { seed: 104, numRuns: 30 },
    );
  });

  test('never leaves everything idle while a job waits, where nobody overtakes', () => {
    fc.assert(
      fc.property(jobSets, (jobs) => {
        const watch = new Watch();
        const { observer } = watch;
        runSmall({ hosts: HOSTS, jobs, policy, rules: { fill: 'block' }, config: LIVELY, observer });
        expect(watch.allIdleWhileWaiting()).toEqual([]);
      }),
      { seed: 105, numRuns: 25 },
    );
  });

  test('starts jobs that differ in nothing but their arrival in order of arrival', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 2, maxLength: 10 }), claim, (times, who) => {
        const jobs = [...times]
          .sort((a, b) => a - b)
          .map((at, i) => ({ name: `j${i}`, at, runs: 4, claim: who }));
        for (const fill of ['block', 'skip'] as const) {
          const stories = runSmall({ hosts: [2], jobs, policy, rules: { fill }, config: LIVELY });
          const starts = jobs.map(({ name }) => stories.get(name)?.starts[0]?.at as number);
          expect(starts).toEqual([...starts].sort((a, b) => a - b));
        }
      }),
      { seed: 106, numRuns: 20 },
    );
  });

  describe(`promises that no job starves: ${policy.promises.starvationFree}`, () => {
    const starved = ADVERSARIES.map((adversary) => adversary.title).filter((title) => starves(policy, title));

    if (policy.promises.starvationFree === 'yes') {
      test('no endless stream keeps a job out where nobody overtakes the head', () => {
        expect(starved).toEqual([]);
      });
    } else {
      test('some endless stream does keep a job out', () => {
        expect(starved).not.toEqual([]);
      });
    }
  });
});

/** Keys of the document by those of the configuration. */
const KEYS: Readonly<Record<keyof QueueingConfig, DisciplineOption>> = {
  ageingUs: 'ageing',
  halfLifeUs: 'halfLife',
  weights: 'weights',
  resourceWeights: 'resourceWeights',
  attainedLimits: 'attainedLimits',
  promoteAfter: 'promoteAfter',
  queueOrder: 'queueOrder',
  quotas: 'quotas',
};

test.each(QUEUEING_POLICY_NAMES)('%s reads the options that it is listed with, and no others', (name) => {
  const read = new Set<DisciplineOption>();
  const policy = policies.find(([known]) => known === name)?.[1] as QueueingPolicy;
  const followed: QueueingPolicy = {
    ...policy,
    create: (context) =>
      policy.create({
        ...context,
        config: new Proxy(context.config, {
          get: (config, key) => {
            read.add(KEYS[key as keyof QueueingConfig]);
            return config[key as keyof QueueingConfig];
          },
        }),
      }),
  };
  const claims = ['a', 'b'].map((tenant) => ({ tenant, queue: 'x', priority: 1 }));
  const jobs = claims.map((who, i) => ({ name: who.tenant, at: i, runs: 9, claim: who }));
  runSmall({ jobs, policy: followed, rules: { preemption: 'evict' }, config: LIVELY });
  expect([...read].sort()).toEqual([...OPTIONS_READ[name]].sort());
});

test('The list of disciplines that stop jobs is that of those which say so', () => {
  const stopping = QUEUEING_POLICIES.filter(({ promises }) => promises.preempts).map(({ name }) => name);
  expect([...STOPPING_NAMES].sort()).toEqual(stopping.sort());
});

test('Disciplines have names of their own, and say where they come from and what they promise', () => {
  expect(new Set(policies.map(([name]) => name)).size).toBe(policies.length);
  for (const [, { summary, source, promises }] of policies) {
    for (const text of [summary, source, promises.words]) expect(text.length).toBeGreaterThan(20);
  }
});

/** Seconds that a job held its place. */
function ranFor({ starts, stops, end }: JobStory): number {
  return starts.reduce((sum, { at }, i) => sum + ((stops[i] ?? (end as number)) - at), 0);
}

/** Books of a run, kept from what observers are told alone. */
class Watch {
  readonly ends = new Map<string, number>();
  readonly #gpus = HOSTS.map((gpus) => new Array<number>(gpus).fill(1000));
  readonly #waiting = new Map<
    number,
    { readonly name: string; readonly gpus: number; readonly milli: number }
  >();
  readonly #idle: string[] = [];
  readonly #allIdle: string[] = [];
  #atUs = 0;
  /** Parts that are held. */
  held = 0;

  readonly observer: ClusterObserver = {
    arrived: (atUs, { number, name, shape: { gpuCount, gpuMilli } }) => {
      this.#closeInstant(atUs);
      this.#waiting.set(number, { name, gpus: gpuCount, milli: gpuMilli });
    },
    placed: (atUs, { number }, parts) => {
      this.#closeInstant(atUs);
      this.#waiting.delete(number);
      this.#take(parts, 1);
    },
    preempted: (atUs, { number, name, shape: { gpuCount, gpuMilli } }, parts) => {
      this.#closeInstant(atUs);
      this.#waiting.set(number, { name, gpus: gpuCount, milli: gpuMilli });
      this.#take(parts, -1);
    },
    moved: (atUs, _job, parts) => {
      this.#closeInstant(atUs);
      this.#take(parts, 1);
    },
    freed: (atUs, _job, parts) => {
      this.#closeInstant(atUs);
      this.#take(parts, -1);
    },
    finished: (atUs, { name }, parts) => {
      this.#closeInstant(atUs);
      this.ends.set(name, (this.ends.get(name) ?? 0) + 1);
      this.#take(parts, -1);
    },
  };

  /** Instants at whose end a job waited for which a host had room. */
  idleWhileWaiting(): readonly string[] {
    return this.#idle;
  }

  /** Instants at whose end jobs waited and nobody held anything. */
  allIdleWhileWaiting(): readonly string[] {
    return this.#allIdle;
  }

  #take(parts: Parameters<NonNullable<ClusterObserver['placed']>>[2], sign: 1 | -1): void {
    this.held += sign * parts.length;
    for (const { host, gpus, shape: asked } of parts) {
      for (const g of gpus) {
        const left = ((this.#gpus[host] as number[])[g] as number) - sign * asked.gpuMilli;
        (this.#gpus[host] as number[])[g] = left;
      }
    }
  }

  #closeInstant(atUs: number): void {
    if (atUs === this.#atUs) return;
    // Within an instant two jobs may change places one after the other.
    const left = this.#gpus.flat();
    if (Math.min(...left) < 0 || Math.max(...left) > 1000) throw new Error(`GPUs have ${left.join()} left`);
    for (const { name, gpus, milli } of this.#waiting.values()) {
      const fits = this.#gpus.some((host) => host.filter((each) => each >= milli).length >= gpus);
      if (fits) this.#idle.push(`${name} at ${this.#atUs / 1e6}`);
      if (this.held === 0) this.#allIdle.push(`${name} at ${this.#atUs / 1e6}`);
    }
    this.#atUs = atUs;
  }
}

/** Runs jobs under a policy that is followed; what went wrong, besides the stories. */
function followedRun(policy: QueueingPolicy, setup: Omit<SmallRun, 'policy'>) {
  const followed = followedBy(policy);
  const stories = runSmall({ ...setup, policy: followed.policy });
  const problems = [...followed.problems];
  for (const { name, claim } of setup.jobs) {
    const story = stories.get(name);
    if (story?.end === undefined) problems.push(`${name} does not end`);
    if (claim?.isPreemptible === false && (story?.stops.length ?? 0) > 0) problems.push(`${name} is stopped`);
  }
  return { stories, problems };
}

/** Watches that tenants hold no more than they may, counted by what they hold. */
class Limits {
  readonly problems: string[] = [];
  readonly #held = new Map<string, { jobs: number; milli: number }>();
  readonly #jobs: number;
  readonly #gpus: number;

  constructor(jobs: number, gpus: number) {
    this.#jobs = jobs;
    this.#gpus = gpus;
  }

  readonly observer: ClusterObserver = {
    placed: (_at, job) => this.#add(job, 1),
    preempted: (_at, job) => this.#add(job, -1),
    finished: (_at, job) => this.#add(job, -1),
  };

  #add({ name, claim: { tenant }, shapes }: Job, sign: 1 | -1): void {
    if (tenant === '') return;
    const held = this.#held.get(tenant) ?? { jobs: 0, milli: 0 };
    held.jobs += sign;
    for (const { totalGpuMilli } of shapes) held.milli += sign * totalGpuMilli;
    this.#held.set(tenant, held);
    if (held.jobs <= this.#jobs && held.milli <= this.#gpus * 1000) return;
    this.problems.push(`${name} takes ${tenant} to ${held.jobs} jobs with ${held.milli} milli-GPU`);
  }
}

/** The same policy, which reads these numbers whatever the run says. */
function withConfig(policy: QueueingPolicy, numbers: Partial<QueueingConfig>): QueueingPolicy {
  return {
    ...policy,
    create: (context) => policy.create({ ...context, config: { ...context.config, ...numbers } }),
  };
}

/** The same policy, with notes on whatever it is told or says out of order. */
function followedBy(policy: QueueingPolicy): {
  readonly policy: QueueingPolicy;
  readonly problems: string[];
} {
  const problems: string[] = [];
  type State = 'waiting' | 'running' | 'leaving' | 'out';
  const states = new Map<number, State>();
  const step = (what: string, { job }: QueuedJob, from: readonly string[], to: State) => {
    const before = states.get(job.number) ?? 'new';
    if (!from.includes(before)) problems.push(`${job.name} is ${what} while it is ${before}`);
    states.set(job.number, to);
  };
  const create: QueueingPolicy['create'] = (context) => {
    const inner = policy.create(context);
    const number = (what: string, value: number) => {
      if (Number.isNaN(value)) problems.push(`${what} is not a number`);
      return value;
    };
    const outer: Discipline = {
      rank: (job, nowUs) => number('a rank', inner.rank(job, nowUs)),
      queued: (job, nowUs) => {
        step('queued', job, ['new', 'out'], 'waiting');
        inner.queued?.(job, nowUs);
      },
      started: (job, nowUs) => {
        // Where the fleet is handed out anew, a job that goes on is stopped and started in one.
        step('started', job, ['waiting', 'out'], 'running');
        inner.started?.(job, nowUs);
      },
      stopped: (job, nowUs) => {
        step('stopped', job, ['running'], 'leaving');
        inner.stopped?.(job, nowUs);
      },
      vacated: (job, nowUs) => {
        step('vacated', job, ['leaving'], 'out');
        inner.vacated?.(job, nowUs);
      },
      awaits: (job, nowUs) => {
        step('awaited', job, ['waiting'], 'waiting');
        inner.awaits?.(job, nowUs);
      },
      awaitsNoMore: (job, nowUs) => {
        step('awaited no more', job, ['waiting'], 'waiting');
        inner.awaitsNoMore?.(job, nowUs);
      },
      withdrawn: (job, nowUs) => {
        step('withdrawn', job, ['waiting'], 'out');
        inner.withdrawn?.(job, nowUs);
      },
      beginPass: (nowUs) => inner.beginPass?.(nowUs),
      ...(inner.isFluid === undefined ? {} : { isFluid: inner.isFluid }),
      ...(inner.laneOf === undefined ? {} : { laneOf: (job: QueuedJob) => laneOf(inner, job) }),
      ...(inner.laneRank === undefined
        ? {}
        : {
            laneRank: (lane: number, nowUs: number) =>
              number('a lane rank', inner.laneRank?.(lane, nowUs) as number),
          }),
      ...(inner.holds === undefined
        ? {}
        : {
            holds: (job: QueuedJob, nowUs: number, without?: readonly QueuedJob[]) =>
              inner.holds?.(job, nowUs, without),
          }),
      ...(inner.never === undefined ? {} : { never: (job: QueuedJob) => inner.never?.(job) }),
      ...(inner.yields === undefined
        ? {}
        : {
            yields: (a: QueuedJob, b: QueuedJob, beside: readonly QueuedJob[], nowUs: number) =>
              inner.yields?.(a, b, beside, nowUs),
          }),
      ...(inner.mayEvict === undefined
        ? {}
        : {
            mayEvict: (a: QueuedJob, b: QueuedJob, nowUs: number) => inner.mayEvict?.(a, b, nowUs) as boolean,
          }),
      ...(inner.reviewUs === undefined
        ? {}
        : {
            reviewUs: (running: Iterable<QueuedJob>, nowUs: number) =>
              number('a time of review', inner.reviewUs?.(running, nowUs) as number),
          }),
    };
    return outer;
  };
  const laneOf = (inner: Discipline, job: QueuedJob): number => {
    const lane = inner.laneOf?.(job) as number;
    if (!Number.isSafeInteger(lane) || lane < 0) problems.push(`lane ${lane} of ${job.job.name}`);
    if (inner.laneOf?.(job) !== lane) problems.push(`${job.job.name} changes its lane`);
    return lane;
  };
  return { policy: { ...policy, create }, problems };
}

/** Whether the victim had not ended when the stream had gone on for three quarters of its length. */
function starves(policy: QueueingPolicy, title: string): boolean {
  const { victim, stream } = ADVERSARIES.find((each) => each.title === title) as Adversary;
  const jobs: SmallJob[] = [{ name: 'past', at: 0, runs: 15, gpus: 2, claim: { tenant: 'v' } }, victim];
  for (let at = 1; at < STREAM; at++) {
    for (const [i, each] of stream.entries()) {
      // No two of a length, so that two GPUs hardly ever become free at once.
      const runs = each.runs + ((at * 7919 + i * 4729) % 9973) / 9973;
      jobs.push({ ...each, name: `s${at}-${i}`, at, runs });
    }
  }
  const ways = policy.promises.preempts ? (['none', 'evict'] as const) : (['none'] as const);
  return ways.some((preemption) => {
    const config: Partial<QueueingConfig> = { ...LIVELY, ageingUs: 15e6, weights: {}, quotas: [] };
    const stories = runSmall({
      hosts: [2],
      jobs,
      policy,
      // A promise may need that nobody overtakes; where there is none, its own rule shows it.
      rules: { fill: policy.promises.starvationFree === 'yes' ? 'block' : policy.fill, preemption },
      config,
      horizon: STREAM,
    });
    const end = stories.get('victim')?.end;
    return end === undefined || end > 0.75 * STREAM;
  });
}
