import type { PlacementSet } from '../../../sim/hardware/index.ts';
import type {
  NoRepartitionPlan,
  RepartitionPlan,
  RepartitionProblem,
  UndecidedPlan,
} from '../../../sim/policies/repartition/index.ts';

/** What was asked, and what came of it. */
export interface RepartitionAnswer {
  readonly problem: RepartitionProblem;
  readonly outcome: RepartitionPlan | NoRepartitionPlan | UndecidedPlan;
  /** By card, the instances that stand when the plan is done; without a plan, as now. */
  readonly after: readonly PlacementSet[];
}
