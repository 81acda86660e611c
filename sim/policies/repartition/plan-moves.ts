import { creatable, defaultPlacement, lowestIndex } from './mig-geometry.ts';
import {
  busyPlacements,
  GONE,
  LOSS_UNITS_PER_GPU_US,
  type PlanGround,
  type PlanState,
  placeOf,
} from './plan-problem.ts';

/** One step, with cards and jobs by number. */
export type PlanMove =
  | { readonly kind: 'wait'; readonly jobs: readonly number[] }
  | { readonly kind: 'drain'; readonly job: number; readonly card: number; readonly placement: number }
  | {
      readonly kind: 'migrate';
      readonly job: number;
      readonly card: number;
      readonly placement: number;
      readonly toCard: number;
      readonly toPlacement: number;
    }
  | { readonly kind: 'delete' | 'create'; readonly card: number; readonly placement: number };

/** A step with what it leads to and costs; loss in the units of `LOSS_UNITS_PER_GPU_US`. */
export interface PlanStep {
  readonly move: PlanMove;
  readonly to: PlanState;
  readonly takesUs: number;
  readonly loss: number;
  readonly touches: number;
}

/** Every step that may be made now. */
export function stepsFrom(ground: PlanGround, state: PlanState): PlanStep[] {
  return [
    ...waits(ground, state),
    ...drains(ground, state),
    ...migrations(ground, state),
    ...deletions(ground, state),
    ...creations(ground, state),
  ];
}

/** Until the next estimated end; longer waits are several of these. */
function waits(ground: PlanGround, state: PlanState): PlanStep[] {
  let next = Number.POSITIVE_INFINITY;
  state.at.forEach((place, job) => {
    if (place !== GONE) next = Math.min(next, ground.jobs[job]!.remainingUs ?? next);
  });
  if (next === Number.POSITIVE_INFINITY) return [];
  const ended = state.at.flatMap((place, job) =>
    place !== GONE && ground.jobs[job]!.remainingUs === next ? [job] : [],
  );
  const takesUs = Math.max(0, next - state.waitedUs);
  return [
    {
      move: { kind: 'wait', jobs: ended },
      to: {
        waitedUs: Math.max(next, state.waitedUs),
        layouts: state.layouts,
        at: state.at.map((place, job) => (ended.includes(job) ? GONE : place)),
      },
      takesUs,
      loss: takesUs * idleRate(ground, state),
      touches: 0,
    },
  ];
}

/** A job that is being stopped does no work: its slices count as idle from the start. */
function drains(ground: PlanGround, state: PlanState): PlanStep[] {
  return state.at.flatMap((place, job) => {
    const { drain, gpuShare } = ground.jobs[job]!;
    if (place === GONE || drain === null) return [];
    const to = { ...state, at: state.at.with(job, GONE) };
    return [
      {
        move: { kind: 'drain', job, card: place >> 5, placement: place & 31 } as const,
        to,
        takesUs: drain.takesUs,
        loss: drain.takesUs * idleRate(ground, to) + shareLoss(drain.lostUs, gpuShare),
        touches: 1,
      },
    ];
  });
}

/** To an idle instance of the same profile, on any card. */
function migrations(ground: PlanGround, state: PlanState): PlanStep[] {
  const { geometry } = ground.problem;
  return state.at.flatMap((place, job) => {
    const { migrate, gpuShare } = ground.jobs[job]!;
    if (place === GONE || migrate === null) return [];
    const own = geometry.ofProfile[geometry.placements[place & 31]!.profileIndex]!;
    const steps: PlanStep[] = [];
    state.layouts.forEach((layout, toCard) => {
      const idle = layout & own & ~busyPlacements(state, toCard);
      for (let rest = idle; rest !== 0; rest &= rest - 1) {
        const toPlacement = lowestIndex(rest);
        steps.push({
          move: { kind: 'migrate', job, card: place >> 5, placement: place & 31, toCard, toPlacement },
          to: { ...state, at: state.at.with(job, placeOf(toCard, toPlacement)) },
          takesUs: migrate.stunUs,
          loss: migrate.stunUs * idleRate(ground, state) + shareLoss(migrate.stunUs, gpuShare),
          touches: 1,
        });
      }
    });
    return steps;
  });
}

function deletions(ground: PlanGround, state: PlanState): PlanStep[] {
  const rate = idleRate(ground, state);
  const steps: PlanStep[] = [];
  state.layouts.forEach((layout, card) => {
    for (let rest = layout & ~busyPlacements(state, card); rest !== 0; rest &= rest - 1) {
      const placement = lowestIndex(rest);
      const profile = ground.problem.geometry.placements[placement]!.profileIndex;
      const takesUs = ground.times.deleteUs[profile]!;
      steps.push({
        move: { kind: 'delete', card, placement },
        to: { ...state, layouts: state.layouts.with(card, layout & ~(1 << placement)) },
        takesUs,
        loss: takesUs * rate,
        touches: 0,
      });
    }
  });
  return steps;
}

function creations(ground: PlanGround, state: PlanState): PlanStep[] {
  const { geometry, creation } = ground.problem;
  const rate = idleRate(ground, state);
  const steps: PlanStep[] = [];
  state.layouts.forEach((layout, card) => {
    const add = (placement: number, profile: number) => {
      const takesUs = ground.times.createUs[profile]!;
      steps.push({
        move: { kind: 'create', card, placement },
        to: { ...state, layouts: state.layouts.with(card, layout | (1 << placement)) },
        takesUs,
        loss: takesUs * rate,
        touches: 0,
      });
    };
    const free = creatable(geometry, layout);
    geometry.ofProfile.forEach((own, profile) => {
      if (!ground.creates[profile] || (free & own) === 0) return;
      if (creation === 'driver-default') {
        add(defaultPlacement(geometry, layout, profile)!.index, profile);
      } else {
        for (let rest = free & own; rest !== 0; rest &= rest - 1) add(lowestIndex(rest), profile);
      }
    });
  });
  return steps;
}

/** Units of loss for each microsecond: slices without a running job. */
export function idleRate(ground: PlanGround, { at, layouts }: PlanState): number {
  let idle = layouts.length * ground.problem.geometry.model.gpuSlicesTotal;
  for (let job = 0; job < at.length; job++) if (at[job] !== GONE) idle -= ground.slicesOf[job]!;
  return idle * ground.sliceUnits;
}

/** Units of loss while that part of a GPU stands still. */
export function shareLoss(us: number, gpuShare: number): number {
  return Math.round(us * gpuShare * LOSS_UNITS_PER_GPU_US);
}
