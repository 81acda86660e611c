import type { Micros } from '../../kernel/time.ts';
import type { PlanMove } from './plan-moves.ts';
import { gpuMinutesOfLoss, type PlanGround, planGround, type RepartitionProblem } from './plan-problem.ts';
import { whatOf, whyOf } from './plan-reasons.ts';
import { type PlanRefusal, refusalOf } from './plan-refusal.ts';
import { type SearchOutcome, searchPlan } from './plan-search.ts';

export interface PlannedStep {
  readonly kind: PlanMove['kind'];
  /** From the start of the plan to the start of the step; steps follow one another. */
  readonly atUs: Micros;
  readonly takesUs: Micros;
  /** By id; undefined for a wait. Where a job moves, the card it leaves. */
  readonly card: string | undefined;
  /** Index of a placement of the geometry; undefined for a wait. */
  readonly placement: number | undefined;
  /** Where a job moves to. */
  readonly to: { readonly card: string; readonly placement: number } | undefined;
  /** Jobs that end, are stopped or move. */
  readonly jobs: readonly string[];
  readonly lostGpuMinutes: number;
  readonly what: string;
  readonly why: string;
}

export interface RepartitionPlan {
  readonly outcome: 'planned';
  readonly steps: readonly PlannedStep[];
  readonly takesUs: Micros;
  readonly lostGpuMinutes: number;
  /** Ids of jobs moved or stopped, each once, in the order in which it happens. */
  readonly jobsTouched: readonly string[];
  /** Whether no plan costs less by the stated objective. */
  readonly isProven: boolean;
  /** Under `loss-first` no plan loses less than this; null under other objectives. */
  readonly lostAtLeast: number | null;
}

export interface NoRepartitionPlan extends PlanRefusal {
  readonly outcome: 'unreachable';
}

/** The search gave up before it found a plan or knew that there is none. */
export interface UndecidedPlan {
  readonly outcome: 'undecided';
  readonly detail: string;
}

/**
 * Some seconds of search at worst. Of 1,076 random problems on full A100 and H100 cards with four to seven instances none
 * took more than 146 where creating and deleting took as long as measured. Where every step and wait took a few
 * microseconds, the worst that was seen took 20,436.
 */
const NODE_LIMIT = { oneCard: 40_000, manyCards: 20_000 };

/**
 * The cheapest legal sequence of steps from the cards as they are to the wanted instances: wait for jobs to end, stop or
 * move jobs, delete and create instances. Placements are legal after every step, an instance has no job when it is
 * deleted, a job moves to an idle instance of the same profile, and a job that may not be interrupted is not.
 *
 * Exact whatever the number of cards as long as the search stays within `nodeLimit` states; beyond it the plan is one
 * that a hastier search found, and `isProven` is false. One card stayed within it in all samples; several full ones
 * whose jobs can all be stopped or moved may not.
 *
 * Left out: steps at the same time on several cards, cards of several models (plan each model by itself), compute
 * instances (deleted with their instance, in the time of deleting it), jobs that arrive meanwhile.
 *
 * @throws {RangeError} if the cards or the target are not well formed
 */
export function planRepartition(
  problem: RepartitionProblem,
  nodeLimit = problem.cards.length === 1 ? NODE_LIMIT.oneCard : NODE_LIMIT.manyCards,
): RepartitionPlan | NoRepartitionPlan | UndecidedPlan {
  const ground = planGround(problem);
  const exact = searchPlan(ground, nodeLimit);
  if (exact.kind === 'found') return planOf(ground, exact, exact.cost[0], true);
  if (exact.kind === 'limit') {
    for (const haste of ['some', 'most'] as const) {
      const some = searchPlan(ground, nodeLimit, haste);
      if (some.kind === 'found') return planOf(ground, some, exact.atLeast[0], false);
      if (some.kind === 'none') return { outcome: 'unreachable', ...refusalOf(problem, nodeLimit) };
    }
    return { outcome: 'undecided', detail: `no plan among the ${nodeLimit} states looked at` };
  }
  return { outcome: 'unreachable', ...refusalOf(problem, nodeLimit) };
}

function planOf(
  ground: PlanGround,
  { steps }: Extract<SearchOutcome, { kind: 'found' }>,
  atLeast: number,
  isProven: boolean,
): RepartitionPlan {
  const { cards, objective } = ground.problem;
  let atUs = 0;
  const planned = steps.map(({ move, takesUs, loss }, index): PlannedStep => {
    const isWait = move.kind === 'wait';
    const jobs = isWait ? move.jobs : 'job' in move ? [move.job] : [];
    const step: PlannedStep = {
      kind: move.kind,
      atUs: atUs as Micros,
      takesUs: takesUs as Micros,
      card: isWait ? undefined : cards[move.card]!.id,
      placement: isWait ? undefined : move.placement,
      to: move.kind === 'migrate' ? { card: cards[move.toCard]!.id, placement: move.toPlacement } : undefined,
      jobs: jobs.map((job) => ground.jobs[job]!.id),
      lostGpuMinutes: gpuMinutesOfLoss(loss),
      what: whatOf(ground, move),
      why: whyOf(ground, steps, index),
    };
    atUs += takesUs;
    return step;
  });
  const touched = planned.flatMap((step) =>
    step.kind === 'drain' || step.kind === 'migrate' ? step.jobs : [],
  );
  return {
    outcome: 'planned',
    steps: planned,
    takesUs: atUs as Micros,
    lostGpuMinutes: gpuMinutesOfLoss(steps.reduce((sum, { loss }) => sum + loss, 0)),
    jobsTouched: [...new Set(touched)],
    isProven,
    lostAtLeast: objective.order === 'loss-first' ? gpuMinutesOfLoss(atLeast) : null,
  };
}
