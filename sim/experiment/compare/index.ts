/** Variants beside a base: which metrics differ, what they keep to, and which are worth having. */
export { type ComparedVariant, type Comparison, compareSides } from './comparison.ts';
export { documentChanges } from './document-changes.ts';
export type { Exactness } from './exactness.ts';
export type { ObjectiveResult } from './kept.ts';
export { gateVerdict, judgeAlone } from './objectives.ts';
export { type Criterion, criterionOf, paretoFront } from './pareto.ts';
export { type ComparedSide, replicationsOf } from './sides.ts';
export { replicationValues } from './values.ts';
