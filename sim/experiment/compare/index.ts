/** Variants beside a base: which metrics differ, what they keep to, and which are worth having. */
export { type ComparedVariant, type Comparison, compareSides, type SideSummary } from './comparison.ts';
export { type DocumentChange, documentChanges } from './document-changes.ts';
export { type GateVerdict, gateVerdict, judgeAlone, type ObjectiveResult } from './objectives.ts';
export { type Criterion, criterionOf, type Pareto, type ParetoPoint, paretoFront } from './pareto.ts';
export { type ComparedSide, replicationsOf } from './sides.ts';
export { type ReplicationValues, replicationValues } from './values.ts';
