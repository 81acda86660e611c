/** How far numbers of runs can be trusted, when to stop, and whether two variants differ. */

export { checkInputs, checkStudy } from './check-inputs.ts';
export {
  type ComparedMetric,
  compareMetrics,
  type SeedReadings,
} from './compare.ts';
export { type Direction, directionOf, statedDirection } from './metric-direction.ts';
export {
  decidePrecision,
  precisionNotes,
  UnknownMetricError,
} from './precision.ts';
export { type SobolIndex, sobolDesign, sobolIndices } from './sobol-indices.ts';
export { type SobolMetric, sobolStudy } from './sobol-study.ts';
export { type InputEffect, type TornadoMetric, tornado } from './tornado.ts';
export { isList, type VariedInput } from './varied-input.ts';
export { oneAtATimeRuns, type StudyRun, sobolRuns, studyRun } from './vary.ts';
