import type { Claim } from '../../cluster/claim.ts';
import { Fleet } from '../../cluster/fleet.ts';
import type { TaskRequest } from '../../cluster/request.ts';
import { RandomStreams } from '../../kernel/random.ts';
import type { Scenario } from '../../scenario/types.ts';
import { SessionPlan } from '../../workload/sessions.ts';
import type { Task } from '../../workload/task.ts';
import { poolNumbers } from '../claims.ts';
import { sessionGroupSpec } from '../demand.ts';
import { hostsOf } from '../hosts.ts';
import { timedTasks } from '../tasks.ts';
import type { TraceData } from '../trace-data.ts';
import type { WorkKind } from './work-kind.ts';

/** Jobs that ask for the same: their workers by kind. */
export interface JobType {
  /** Index into the kinds of the path, and how many workers of it. */
  readonly workers: readonly { readonly kind: number; readonly count: number }[];
  /** Whether a job lasts for its time whatever its speed. */
  readonly isTimed: boolean;
  readonly label: string;
  readonly tenant: string;
}

/** The jobs that a run with one seed has for certain, whatever the fleet and the policy. */
export interface SamplePath {
  readonly kinds: readonly WorkKind[];
  readonly types: readonly JobType[];
  /** By job, in order of arrival within each source: its type, arrival and run time (or work) in microseconds. */
  readonly type: readonly number[];
  readonly arrivalUs: readonly number[];
  readonly durationUs: readonly number[];
  /** Sessions that may come besides, at most: a user's next one depends on how long the last had to wait. */
  readonly perhaps: number;
}

/** More jobs than this are not looked at one by one. */
const MOST_JOBS = 300_000;

/** Kinds of work met so far: paths of several seeds number them alike. */
export class KnownKinds {
  readonly kinds: WorkKind[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(key: string, make: () => WorkKind): number {
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.kinds.length;
      this.#numbers.set(key, number);
      this.kinds.push(make());
    }
    return number;
  }
}

/** @returns undefined where there are too many jobs */
export function samplePath(
  scenario: Scenario,
  traces: TraceData,
  seed: number,
  known: KnownKinds = new KnownKinds(),
): SamplePath | undefined {
  const { experiment, workload } = scenario;
  const horizonUs = experiment.kind === 'timed' ? (experiment.horizonUs ?? Number.POSITIVE_INFINITY) : 0;
  const streams = new RandomStreams(seed);
  const path = new PathBuilder(known);
  // Recorded gangs are split by the largest host there is: how many there are of it does not matter.
  const { source } = timedTasks(
    scenario,
    traces,
    new Fleet(hostsOf(withOneOfEach(scenario), traces)),
    streams,
  );
  for (let task = source.nextTask(); task !== undefined; task = source.nextTask()) {
    if (task.arrivalUs > horizonUs) break;
    if (path.type.length === MOST_JOBS) return undefined;
    path.add(task, task.arrivalUs, task.durationUs);
  }
  const pools = poolNumbers(scenario);
  for (const group of workload.sessions) {
    const spec = sessionGroupSpec(group, pools);
    const plan = new SessionPlan(spec, streams);
    for (let user = 0; user < group.users; user++) {
      let session = plan.next(user, 0);
      if (session === undefined || session.startUs > horizonUs) continue;
      if (path.type.length + path.perhaps >= MOST_JOBS) return undefined;
      const role = { kind: 'session', group: 0, user } as const;
      path.add({ ...spec, role }, session.startUs, session.lengthUs);
      if (session.lengthUs === Number.POSITIVE_INFINITY) continue;
      while (session !== undefined && path.perhaps < MOST_JOBS) {
        session = plan.next(user, session.startUs + 1);
        if (session === undefined || session.startUs > horizonUs) break;
        path.perhaps += 1;
      }
    }
  }
  return path;
}

/** The scenario with at most one host of each group. */
function withOneOfEach(scenario: Scenario): Scenario {
  const { fleet } = scenario;
  if (fleet.kind === 'trace') return scenario;
  const groups = fleet.groups.map((group) => ({ ...group, count: Math.min(1, group.count) }));
  return { ...scenario, fleet: { kind: 'hosts', groups } };
}

class PathBuilder implements SamplePath {
  readonly types: JobType[] = [];
  readonly type: number[] = [];
  readonly arrivalUs: number[] = [];
  readonly durationUs: number[] = [];
  perhaps = 0;
  readonly #kinds: KnownKinds;
  readonly #typeByKey = new Map<string, number>();
  /** Tasks of a class share their request and their claim. */
  readonly #known = new Map<TaskRequest, Map<Claim | undefined, number>>();

  constructor(kinds: KnownKinds) {
    this.#kinds = kinds;
  }

  get kinds(): readonly WorkKind[] {
    return this.#kinds.kinds;
  }

  add(
    task: Pick<Task, 'request' | 'workers' | 'profile' | 'claim' | 'role'>,
    arrivalUs: number,
    durationUs: number,
  ) {
    const byClaim = this.#known.get(task.request) ?? new Map<Claim | undefined, number>();
    this.#known.set(task.request, byClaim);
    const type = byClaim.get(task.claim) ?? this.#typeOf(task);
    byClaim.set(task.claim, type);
    this.type.push(type);
    this.arrivalUs.push(arrivalUs);
    this.durationUs.push(durationUs);
  }

  #typeOf({ request, workers = [request], profile, claim, role }: Parameters<PathBuilder['add']>[0]): number {
    const counts = new Map<number, number>();
    const label = claim?.label ?? '';
    for (const each of workers) {
      const { cpuMilli, memoryMib, gpuCount, gpuMilli, models, ask } = each;
      const own = { cpuMilli, memoryMib, gpuCount, gpuMilli, models, ask };
      const pool = claim?.pool ?? 0;
      const kind = this.#kinds.numberOf(JSON.stringify([own, profile, pool]), () => ({
        label: label === '' ? 'recorded tasks' : `jobs of "${label}"`,
        name: label === '' ? 'recorded task' : label,
        request: own,
        workers: 1,
        profile,
        pool,
      }));
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    const isTimed = role !== undefined;
    const tenant = claim?.tenant ?? '';
    const list = [...counts].map(([kind, count]) => ({ kind, count }));
    const key = JSON.stringify([list, isTimed, label, tenant]);
    const known = this.#typeByKey.get(key) ?? this.types.length;
    if (known === this.types.length) {
      this.#typeByKey.set(key, known);
      this.types.push({ workers: list, isTimed, label, tenant });
    }
    return known;
  }
}
