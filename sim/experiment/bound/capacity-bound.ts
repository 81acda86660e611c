import type { IntegerSolver } from '../../kernel/optimize/linear-program.ts';
import type { Scenario, Service } from '../../scenario/types.ts';
import type { TraceData } from '../trace-data.ts';
import { fitAtOnce } from './at-once.ts';
import { Capacity } from './capacity.ts';
import { type Fluid, fluidGrowth } from './fluid.ts';
import { type HostKind, hostCounts, hostKinds } from './host-kind.ts';
import { gangWithoutPlace, withoutPlace } from './no-place.ts';
import { type Offered, offeredBy, requestWork } from './offered.ts';
import { mayRunOutOfMemory } from './out-of-memory.ts';
import { lateInAll, leastMeanWait, startInTime, startsAreFinal } from './peak.ts';
import { KnownKinds, type SamplePath, samplePath } from './sample-path.ts';
import { type Shortfall, shown, shownTimes, type Tolerated, type WaitLimit } from './shortfall.ts';

/** What a bound is made for. */
interface BoundOptions {
  readonly traces: TraceData;
  readonly solver: IntegerSolver;
  /** Seeds of the runs by which a plan is judged: the same arrivals and work are looked at here. */
  readonly seeds: readonly number[];
  /** Limits of the objectives on how long jobs wait. */
  readonly limits: readonly WaitLimit[];
  /** Limits of the mean wait of all jobs, in seconds. */
  readonly means?: readonly number[];
  /** Default: nothing. */
  readonly tolerated?: Tolerated;
}

/** Growth at which what is offered is said not to fit: the solver's tolerance is left to the plan. */
const FITS = 1 - 1e-6;

/** What does not depend on how many hosts there are. */
interface Structure {
  readonly key: string;
  readonly hosts: readonly HostKind[];
  readonly offered: readonly Offered[];
  /** Of the kinds that the workload states. */
  readonly stated: Capacity;
  /** Recorded tasks, and what hosts hold of their shapes; undefined where there are none. */
  readonly recorded: { readonly capacity: Capacity; readonly path: SamplePath } | undefined;
  readonly kinds: KnownKinds;
  readonly paths: Map<number, SamplePath | undefined>;
  /** Of the kinds of the paths so far. */
  ofPaths: Capacity | undefined;
}

/**
 * What is proven about one candidate, a scenario with its counts of hosts, before anything is simulated. Never says that counts
 * cannot do what some run could do: every step is a relaxation. Counts of the same candidate share what they can.
 */
export class CapacityBound {
  readonly #options: BoundOptions;
  #structure: Structure | undefined;

  constructor(options: BoundOptions) {
    this.#options = options;
  }

  /** What is proven against the scenario; undefined: nothing. */
  shortfall(scenario: Scenario): Shortfall | undefined {
    const { traces, solver, tolerated } = this.#options;
    // Who is turned away needs no place and brings no work, and who that is nobody knows before a run.
    if (tolerated?.rejections === 'any') return undefined;
    const structure = this.#structureOf(scenario);
    const counts = hostCounts(scenario, traces);
    const { stated, recorded, offered } = structure;
    const noPlace =
      withoutPlace(scenario, stated, counts) ??
      (recorded === undefined ? undefined : withoutPlace(scenario, recorded.capacity, counts)) ??
      gangWithoutPlace(scenario, traces, recorded?.path);
    if (noPlace !== undefined) return noPlace;
    if (!hasLongRun(scenario)) return undefined;
    const overloaded = overload(scenario, stated, counts);
    if (overloaded !== undefined) return overloaded;
    // Who fails leaves its work undone, and its place to others.
    const mayFail = tolerated?.failures === true && mayRunOutOfMemory(stated, counts);
    return (
      (mayFail ? undefined : (this.#work(structure, counts) ?? fitAtOnce(stated, counts, offered, solver))) ??
      this.#peak(scenario, structure, counts)
    );
  }

  /**
   * What is offered in the long run over what is possible in the fluid relaxation: 0.82 is "82 % of what the cards can do".
   * Undefined where nothing is offered, or no long run is known.
   */
  load(scenario: Scenario): number | undefined {
    if (!hasLongRun(scenario)) return undefined;
    const structure = this.#structureOf(scenario);
    const fluid = this.#fluid(structure, hostCounts(scenario, this.#options.traces));
    if (fluid === undefined) return undefined;
    return fluid.growth > 0 ? 1 / fluid.growth : Number.POSITIVE_INFINITY;
  }

  #fluid({ stated, offered }: Structure, counts: readonly number[]): Fluid | undefined {
    return fluidGrowth(stated, counts, offered, this.#options.solver);
  }

  #work(structure: Structure, counts: readonly number[]): Shortfall | undefined {
    const fluid = this.#fluid(structure, counts);
    if (fluid === undefined || fluid.growth >= FITS) return undefined;
    const factor = fluid.growth > 0 ? 1 / fluid.growth : Number.POSITIVE_INFINITY;
    const { what, amount } = fluid.bottleneck ?? { what: 'the hosts', amount: 'all of them' };
    return {
      kind: 'work',
      what,
      text: `the work offered in the long run is ${shownTimes(factor)} times what is possible; what binds is ${what} (${amount})`,
      factor,
    };
  }

  #peak(scenario: Scenario, structure: Structure, counts: readonly number[]): Shortfall | undefined {
    const { seeds, limits, means = [], solver, traces } = this.#options;
    const { rejections = 'none' } = this.#options.tolerated ?? {};
    // The run that keeps a limit may be another than the one that turns nobody away.
    if (seeds.length === 0 || !startsAreFinal(scenario) || rejections !== 'none') return undefined;
    const starts = (seed: number, limit: WaitLimit) => {
      const path = pathOf(structure, scenario, traces, seed);
      if (path === undefined) return undefined;
      const capacity = capacityOfPaths(structure);
      if (mayRunOutOfMemory(capacity, counts)) return undefined;
      return startInTime(scenario, capacity, counts, path, limit, solver);
    };
    for (const limit of limits) {
      if (limit.group !== undefined && !['class', 'tenant'].includes(limit.group.kind)) continue;
      const late = lateInAll(
        seeds.map((seed) => () => starts(seed, limit)),
        limit,
      );
      if (late !== undefined) return late;
    }
    for (const meanSec of means) {
      const least = leastOfAll(seeds, meanSec, (seed) =>
        leastMeanWait(meanSec, (limitSec) => starts(seed, { quantile: 1, limitSec })),
      );
      if (least > meanSec)
        return {
          kind: 'peak',
          what: 'all jobs',
          text: `jobs wait ${shown(least)} s on average at least, whatever the policy, and ${shown(meanSec)} s are allowed`,
          factor: least / meanSec,
        };
    }
    return undefined;
  }

  #structureOf(scenario: Scenario): Structure {
    const { traces, seeds } = this.#options;
    const key = structureKey(scenario);
    if (this.#structure?.key === key) return this.#structure;
    const hosts = hostKinds(scenario, traces);
    const offered =
      scenario.experiment.kind === 'timed' ? offeredBy(scenario, seeds[0] ?? scenario.seed) : [];
    const structure: Structure = {
      key,
      hosts,
      offered,
      stated: new Capacity(
        hosts,
        offered.map(({ kind }) => kind),
      ),
      recorded: recordedTasks(scenario, traces, hosts),
      kinds: new KnownKinds(),
      paths: new Map(),
      ofPaths: undefined,
    };
    this.#structure = structure;
    return structure;
  }
}

/** Fills have no time, and cards that are cut anew have no layouts to count with. */
function hasLongRun({ experiment, repartition, changes }: Scenario): boolean {
  return (
    experiment.kind === 'timed' &&
    repartition.length === 0 &&
    changes.every(({ sharing }) => sharing === null)
  );
}

/** Everything but how many hosts there are. */
function structureKey(scenario: Scenario): string {
  const { fleet, workload, overheads, experiment, policy, elastic } = scenario;
  const groups =
    fleet.kind === 'trace'
      ? fleet
      : fleet.groups.map((group) => ({ ...group, count: Math.min(1, group.count) }));
  const pools = policy.pools.map(({ name }) => name);
  return JSON.stringify([groups, workload, overheads, experiment, pools, elastic !== null, scenario.seed]);
}

/** Recorded tasks by themselves, to see whether each has a place. */
function recordedTasks(
  scenario: Scenario,
  traces: TraceData,
  hosts: readonly HostKind[],
): Structure['recorded'] {
  if (traces.tasks === undefined || scenario.experiment.kind !== 'timed') return undefined;
  const { workload } = scenario;
  const alone = { ...scenario, workload: { ...workload, synthetic: null, services: [], sessions: [] } };
  const path = samplePath(alone, traces, 0);
  return path === undefined ? undefined : { capacity: new Capacity(hosts, path.kinds), path };
}

function pathOf(
  { paths, kinds }: Structure,
  scenario: Scenario,
  traces: TraceData,
  seed: number,
): SamplePath | undefined {
  if (!paths.has(seed)) paths.set(seed, samplePath(scenario, traces, seed, kinds));
  return paths.get(seed);
}

function capacityOfPaths(structure: Structure): Capacity {
  const { kinds } = structure.kinds;
  if (structure.ofPaths?.kinds.length !== kinds.length) {
    structure.ofPaths = new Capacity(structure.hosts, [...kinds]);
  }
  return structure.ofPaths as Capacity;
}

/** A service whose replicas could not answer all requests even on the fastest cards and in the best batches. */
function overload(
  { workload }: Scenario,
  capacity: Capacity,
  counts: readonly number[],
): Shortfall | undefined {
  for (const service of workload.services) {
    const k = capacity.kinds.findIndex(({ label }) => label === `service "${service.name}"`);
    const speed = capacity.placesAmong(k, counts).reduce((most, { alone }) => Math.max(most, alone.speed), 0);
    const possible = possibleWork(service, speed);
    const wanted = requestWork(service);
    if (speed === 0 || wanted <= possible / FITS) continue;
    const factor = wanted / possible;
    return {
      kind: 'work',
      what: service.name,
      text: `service "${service.name}" is asked for ${shown(wanted)} seconds of work a second, and its ${service.replicas} replicas do ${shown(possible)} at most`,
      factor,
    };
  }
  return undefined;
}

function possibleWork({ replicas, concurrency }: Service, speed: number): number {
  return replicas * concurrency * speed;
}

/** The least over the seeds; the first that is not above the limit will do. */
function leastOfAll(seeds: readonly number[], limit: number, of: (seed: number) => number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const seed of seeds) {
    least = Math.min(least, of(seed));
    if (least <= limit) return least;
  }
  return least;
}
