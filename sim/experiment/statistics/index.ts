/** How far numbers of runs can be trusted, when to stop, and whether two variants differ. */
export {
  type ComparedMetric,
  type CompareOptions,
  compareMetrics,
  type Verdict,
} from './compare.ts';
export { type Direction, directionOf, METRIC_DIRECTIONS, statedDirection } from './metric-direction.ts';
export {
  decidePrecision,
  type PrecisionDecision,
  type PrecisionReached,
  precisionNotes,
  UnknownMetricError,
} from './precision.ts';
export { type SobolDesign, type SobolIndex, sobolDesign, sobolIndices } from './sobol-indices.ts';
export {
  type InputEffect,
  oneAtATimeEffects,
  oneAtATimeRuns,
  type StudyRun,
  sobolEffects,
  sobolRuns,
  studyRun,
  type VariedInput,
} from './vary.ts';
