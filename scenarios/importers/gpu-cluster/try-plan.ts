import { isRefusal } from '../../../sim/sharing/index.ts';
import { askOf, emptyCard } from './cards.ts';
import type { AskedNode } from './cluster-file.ts';
import type { NodePlan, NoPlan, PlannedPart } from './ways/way.ts';

/** A plan whose every part has been placed on a card of its GPU, in this order. */
export interface TriedPlan extends NodePlan {
  /** Figures of the file, memories and shares of compute, that are not given as asked. */
  readonly changed: number;
}

/**
 * Puts a plan's parts on cards as the mode itself admits them, in the order of the file, then the largest first. What
 * holds in the end holds in a run: it is the same code.
 */
export function tryPlan(node: AskedNode, plan: NodePlan): TriedPlan | NoPlan {
  const gpus: (readonly PlannedPart[])[] = [];
  let changed = 0;
  for (const [at, gpu] of node.gpus.entries()) {
    const parts = plan.gpus[at] ?? [];
    const orders = [parts, [...parts].sort((a, b) => b.asked.memoryMib - a.asked.memoryMib)];
    let reason = '';
    const order = orders.find((each) => {
      const refused = whyNot(plan, gpu.type, each);
      reason ||= refused ?? '';
      return refused === undefined;
    });
    if (order === undefined) return { reason };
    gpus.push(order);
    for (const { changes } of order) changed += changes.length;
  }
  return { config: plan.config, gpus, changed };
}

/** Why these parts do not go together on one card in this order; undefined: they do. */
function whyNot({ config }: NodePlan, type: string, parts: readonly PlannedPart[]): string | undefined {
  const card = emptyCard(config, type);
  if ('reason' in card) return card.reason;
  for (const { asked, slot } of parts) {
    const answer = card.admit(askOf(slot, asked.memoryMib));
    if (isRefusal(answer)) return `${asked.name}: ${answer.detail}`;
    card.place(answer);
  }
  return undefined;
}
