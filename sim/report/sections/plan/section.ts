import type { PlanResult } from '../../../experiment/plan/index.ts';
import type { Block } from '../../document/blocks.ts';

/** A part of the report of a plan. */
export interface PlanSection {
  readonly id: string;
  readonly title: string;
  /** No blocks: it has nothing to say and is left out. */
  readonly build: (result: PlanResult) => readonly Block[];
}
