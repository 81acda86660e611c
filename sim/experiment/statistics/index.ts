/** How far numbers of runs can be trusted, when to stop, and whether two variants differ. */
export {
  type ComparedMetric,
  compareMetrics,
} from './compare.ts';
export { type Direction, directionOf, statedDirection } from './metric-direction.ts';
export {
  decidePrecision,
  precisionNotes,
  UnknownMetricError,
} from './precision.ts';
export { sobolDesign, sobolIndices } from './sobol-indices.ts';
export {
  oneAtATimeEffects,
  oneAtATimeRuns,
  sobolEffects,
  sobolRuns,
  studyRun,
} from './vary.ts';
