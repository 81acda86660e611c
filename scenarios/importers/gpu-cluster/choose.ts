import type { AskedNode } from './cluster-file.ts';
import { type TriedPlan, tryPlan } from './try-plan.ts';
import { WAYS } from './ways/index.ts';
import { isPlan, type NoPlan, type Way } from './ways/way.ts';

/** What comes of a node in one way. */
export interface Outcome {
  readonly way: Way;
  readonly result: TriedPlan | NoPlan;
}

/** A way that a node can go. */
export interface Chosen extends Outcome {
  readonly result: TriedPlan;
}

/** Tries each way on a node with at least one vgpu, in their order. */
export function outcomesOf(node: AskedNode): readonly Outcome[] {
  return WAYS.map((way) => {
    const plan = way.plan(node);
    return { way, result: isPlan(plan) ? tryPlan(node, plan) : plan };
  });
}

/** The outcome that keeps most of the figures asked; the earlier of two equals. Undefined: no way can be gone. */
export function best(outcomes: readonly Outcome[]): Chosen | undefined {
  let found: Chosen | undefined;
  for (const { way, result } of outcomes) {
    if (!isPlan(result)) continue;
    if (found === undefined || result.changed < found.result.changed) found = { way, result };
  }
  return found;
}
