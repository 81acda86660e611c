import type { PlanMove, PlanStep } from './plan-moves.ts';
import type { PlanGround } from './plan-problem.ts';

/** What a step does, in words: `create 3g.20gb at 4 on card a`. */
export function whatOf(ground: PlanGround, move: PlanMove): string {
  switch (move.kind) {
    case 'wait':
      return `wait until ${jobNames(ground, move.jobs)} ends`;
    case 'drain':
      return `stop ${jobNames(ground, [move.job])} on ${instance(ground, move.card, move.placement)}`;
    case 'migrate':
      return `move ${jobNames(ground, [move.job])} from ${instance(ground, move.card, move.placement)} to ${instance(ground, move.toCard, move.toPlacement)}`;
    default:
      return `${move.kind} ${instance(ground, move.card, move.placement)}`;
  }
}

/** What a step is for, read off the steps that follow. */
export function whyOf(ground: PlanGround, steps: readonly PlanStep[], index: number): string {
  const { move } = steps[index]!;
  const later = steps.slice(index + 1).map((step) => step.move);
  switch (move.kind) {
    case 'wait': {
      const before = index === 0 ? ground.start : steps[index - 1]!.to;
      const reasons = move.jobs.flatMap((job) => {
        const place = before.at[job]!;
        return emptied(ground, later, place >> 5, place & 31) ?? [];
      });
      if (reasons.length > 0) return [...new Set(reasons)].join('; ');
      const isLastWait = !later.some((each) => each.kind === 'wait');
      return isLastWait ? 'the instance is wanted idle' : 'the next end on the way to a later one';
    }
    case 'drain':
    case 'migrate':
      return emptied(ground, later, move.card, move.placement) ?? 'its instance is wanted idle';
    case 'delete':
      return roomFor(ground, later, move.card, move.placement);
    case 'create':
      return useOf(ground, later, move.card, move.placement);
  }
}

/** Why an instance has to be without a job; undefined where no later step needs that. */
function emptied(
  ground: PlanGround,
  later: readonly PlanMove[],
  card: number,
  placement: number,
): string | undefined {
  for (let i = 0; i < later.length; i++) {
    const move = later[i]!;
    if (move.kind === 'delete' && move.card === card && move.placement === placement) {
      return `its instance is deleted, which ${roomFor(ground, later.slice(i + 1), card, placement)}`;
    }
    if (move.kind === 'migrate' && move.toCard === card && move.toPlacement === placement) {
      return `${jobNames(ground, [move.job])} moves to its instance`;
    }
  }
  return undefined;
}

function roomFor(ground: PlanGround, later: readonly PlanMove[], card: number, placement: number): string {
  const created = later.flatMap((move) =>
    move.kind === 'create' && move.card === card ? [move.placement] : [],
  );
  const overlapping = created.filter(
    (each) => (ground.problem.geometry.overlapping[placement]! & (1 << each)) !== 0,
  );
  if (overlapping.length > 0) {
    return `makes room for ${overlapping.map((each) => instance(ground, card, each)).join(' and ')}`;
  }
  if (created.length > 0)
    return `leaves engines or the driver's place for ${instance(ground, card, created[0]!)}`;
  return 'removes what only served to steer the driver';
}

function useOf(ground: PlanGround, later: readonly PlanMove[], card: number, placement: number): string {
  for (const move of later) {
    if (move.kind === 'migrate' && move.toCard === card && move.toPlacement === placement) {
      return `for ${jobNames(ground, [move.job])} to move to`;
    }
    if (move.kind === 'delete' && move.card === card && move.placement === placement) {
      return 'stands in the way for a while, so that the driver puts the next instance elsewhere';
    }
  }
  const { geometry } = ground.problem;
  return `one of the wanted ${geometry.placements[placement]!.profile.name}`;
}

function instance(ground: PlanGround, card: number, placement: number): string {
  const { geometry, cards } = ground.problem;
  const { profile, start } = geometry.placements[placement]!;
  return `${profile.name} at ${start} on card ${cards[card]!.id}`;
}

function jobNames(ground: PlanGround, jobs: readonly number[]): string {
  return `job ${jobs.map((job) => ground.jobs[job]!.id).join(' and job ')}`;
}
