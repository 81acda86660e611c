import { type InstanceTimes, measuredInstanceTimes } from './instance-times.ts';
import { isLegal, type MigGeometry, type PlacementSet } from './mig-geometry.ts';
import type { PartitionedCard, ResidentJob } from './view.ts';

/** The instances that are wanted, by profile index: over all cards together, or on each card. */
type WantedInstances =
  | { readonly on: 'all-cards'; readonly counts: readonly number[] }
  | { readonly on: 'each-card'; readonly counts: readonly (readonly number[])[] };

export interface RepartitionTarget {
  readonly wanted: WantedInstances;
  /** `idle`: that many without a job, for jobs that wait. `standing`: with or without a job, for a layout. */
  readonly ready: 'idle' | 'standing';
}

/**
 * What a plan costs. Lost are slices without a running job, from the start of the plan until its last step ends (what it
 * makes is handed over all at once), the standstill of jobs that move, and the work of jobs that are stopped. Touched
 * are jobs moved or stopped; one moved twice counts twice. Of equals the shorter plan is taken, then the one with fewer
 * steps.
 *
 * `loss-first`: least GPU-minutes lost, then fewest jobs touched. `touches-first`: the other way round. `weighted`: each
 * job touched counts as that many GPU-minutes.
 */
export type PlanObjective =
  | { readonly order: 'loss-first' | 'touches-first' }
  | { readonly order: 'weighted'; readonly gpuMinutesPerTouch: number };

export interface RepartitionProblem {
  readonly geometry: MigGeometry;
  readonly cards: readonly PartitionedCard[];
  readonly target: RepartitionTarget;
  readonly objective: PlanObjective;
  /** `driver-default`: an instance goes where the driver puts it. `any-start`: where the plan says. */
  readonly creation: 'driver-default' | 'any-start';
  /** By default the measured ones. */
  readonly times?: InstanceTimes;
}

/** What the search works on: the problem with its cards and jobs numbered. */
export interface PlanGround {
  readonly problem: RepartitionProblem;
  readonly times: InstanceTimes;
  readonly jobs: readonly ResidentJob[];
  /** By job, its profile, which no step changes. */
  readonly profileOf: readonly number[];
  /** By job, the compute slices of its instance. */
  readonly slicesOf: readonly number[];
  /** Profiles worth creating, by profile index. */
  readonly creates: readonly boolean[];
  /** Units of loss for a slice and a microsecond; see `LOSS_UNITS_PER_GPU_US`. */
  readonly sliceUnits: number;
  readonly start: PlanState;
}

/**
 * Where things stand. Estimated ends come nearer only while the plan waits: steps take seconds and waits minutes, and a
 * plan must not rest on a job ending in the middle of a step. So a plan may overstate a wait by the time of the steps
 * before it, and never understates one.
 */
export interface PlanState {
  readonly waitedUs: number;
  /** By card. */
  readonly layouts: readonly PlacementSet[];
  /** By job: card x 32 + placement; `GONE` once it has ended or was stopped. */
  readonly at: readonly number[];
}

export const GONE = -1;

/** Slices of any MIG card divide 28 (7 and 4), so that losses are whole numbers and add up exactly. */
export const LOSS_UNITS_PER_GPU_US = 28;
const US_PER_MINUTE = 60e6;

/** @throws {RangeError} if a card is not legal, a share or a count out of range, or a job is named twice */
export function planGround(problem: RepartitionProblem): PlanGround {
  const { geometry, cards, target, creation } = problem;
  const jobs: ResidentJob[] = [];
  const at: number[] = [];
  const layouts = cards.map(({ id, instances }, card) => {
    let layout = 0;
    for (const { placement, job } of instances) {
      if (geometry.placements[placement] === undefined || (layout & (1 << placement)) !== 0) {
        throw new RangeError(`Cannot plan for card "${id}": no or twice the placement ${placement}`);
      }
      layout |= 1 << placement;
      if (job === null) continue;
      if (!(job.gpuShare > 0 && job.gpuShare <= 1)) {
        throw new RangeError(
          `Cannot plan for job "${job.id}": its GPU share must be in (0, 1], got ${job.gpuShare}`,
        );
      }
      if (jobs.some((other) => other.id === job.id)) {
        throw new RangeError(`Cannot plan for job "${job.id}": it is on two instances`);
      }
      jobs.push(job);
      at.push(placeOf(card, placement));
    }
    if (!isLegal(geometry, layout))
      throw new RangeError(`Cannot plan for card "${id}": its layout is not legal`);
    return layout;
  });
  const { wanted } = target;
  const rows = wanted.on === 'all-cards' ? [wanted.counts] : wanted.counts;
  if (wanted.on === 'each-card' && rows.length !== cards.length) {
    throw new RangeError(`Cannot plan: need wanted counts for ${cards.length} cards, got ${rows.length}`);
  }
  for (const row of rows) {
    if (
      row.length !== geometry.profiles.length ||
      row.some((count) => !(Number.isInteger(count) && count >= 0))
    ) {
      throw new RangeError(
        `Cannot plan: need ${geometry.profiles.length} whole counts >= 0, got ${row.join(', ')}`,
      );
    }
  }
  const { gpuSlicesTotal } = geometry.model;
  const profileOf = at.map((place) => geometry.placements[place & 31]!.profileIndex);
  return {
    problem,
    times: problem.times ?? measuredInstanceTimes(geometry),
    jobs,
    profileOf,
    slicesOf: profileOf.map((profile) => geometry.profiles[profile]!.gpuSlices),
    creates: geometry.profiles.map(
      ({ variant }, profile) =>
        rows.some((row) => row[profile]! > 0) ||
        jobs.some((job, j) => job.migrate !== null && profileOf[j] === profile) ||
        // An instance in the way is how the driver is made to put the next one elsewhere.
        (creation === 'driver-default' && variant === 'plain'),
    ),
    sliceUnits: LOSS_UNITS_PER_GPU_US / gpuSlicesTotal,
    start: { waitedUs: 0, layouts, at },
  };
}

export function placeOf(card: number, placement: number): number {
  return card * 32 + placement;
}

export function gpuMinutesOfLoss(units: number): number {
  return units / LOSS_UNITS_PER_GPU_US / US_PER_MINUTE;
}

export function lossOfGpuMinutes(minutes: number): number {
  return Math.round(minutes * US_PER_MINUTE * LOSS_UNITS_PER_GPU_US);
}

/** Instances of each profile that count towards the target on one card, or on all of them. */
function readyInstances(
  ground: PlanGround,
  state: PlanState,
  card: number | 'all',
  ready: RepartitionTarget['ready'],
): number[] {
  const { geometry } = ground.problem;
  const counts = geometry.profiles.map(() => 0);
  state.layouts.forEach((layout, c) => {
    if (card !== 'all' && c !== card) return;
    const open = ready === 'standing' ? layout : layout & ~busyPlacements(state, c);
    geometry.ofProfile.forEach((own, profile) => {
      for (let rest = open & own; rest !== 0; rest &= rest - 1) counts[profile]! += 1;
    });
  });
  return counts;
}

/** By profile index, how many instances the target still lacks, counted as `ready` says. */
export function missingInstances(
  ground: PlanGround,
  state: PlanState,
  ready: RepartitionTarget['ready'],
): number[] {
  const { wanted } = ground.problem.target;
  const lacking = (counts: readonly number[], card: number | 'all') => {
    const has = readyInstances(ground, state, card, ready);
    return counts.map((count, profile) => Math.max(0, count - has[profile]!));
  };
  if (wanted.on === 'all-cards') return lacking(wanted.counts, 'all');
  const sums = ground.problem.geometry.profiles.map(() => 0);
  wanted.counts.forEach((counts, card) => {
    lacking(counts, card).forEach((count, profile) => {
      sums[profile]! += count;
    });
  });
  return sums;
}

export function isReached(ground: PlanGround, state: PlanState): boolean {
  return missingInstances(ground, state, ground.problem.target.ready).every((count) => count === 0);
}

/** Placements of a card that have a job. */
export function busyPlacements(state: PlanState, card: number): PlacementSet {
  let busy = 0;
  for (const place of state.at) if (place !== GONE && place >> 5 === card) busy |= 1 << (place & 31);
  return busy;
}
