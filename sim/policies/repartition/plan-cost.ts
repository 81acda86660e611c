import { lossOfGpuMinutes, type PlanObjective } from './plan-problem.ts';

/** Cost of a plan, or a lower bound on the rest of one, in the order in which it counts. */
export type PlanCost = readonly [first: number, second: number, takesUs: number, steps: number];

export const NO_COST: PlanCost = [0, 0, 0, 0];

/** Loss in the units of `LOSS_UNITS_PER_GPU_US`. Costs of steps add up to the cost of the plan. */
export function costOf(
  objective: PlanObjective,
  loss: number,
  touches: number,
  takesUs: number,
  steps: number,
): PlanCost {
  switch (objective.order) {
    case 'loss-first':
      return [loss, touches, takesUs, steps];
    case 'touches-first':
      return [touches, loss, takesUs, steps];
    case 'weighted':
      return [loss + touches * lossOfGpuMinutes(objective.gpuMinutesPerTouch), touches, takesUs, steps];
  }
}

export function plus(a: PlanCost, b: PlanCost): PlanCost {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
}

export function compareCosts(a: PlanCost, b: PlanCost): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** The lesser of two, where undefined means that there is none. */
export function lesser(a: PlanCost | undefined, b: PlanCost | undefined): PlanCost | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareCosts(b, a) < 0 ? b : a;
}
