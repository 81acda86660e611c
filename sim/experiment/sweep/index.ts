export { checkDesign, PointProblems, pointDocument } from './check-design.ts';
export { type SweepDesign, sweepPoints } from './design.ts';
export { SWEEP_PARTS, type SweepFactor, type SweepPart } from './factor.ts';
export { keptPoints, SWEEP_SCHEMA, type SweepManifest, stableJson } from './manifest.ts';
export { readDesignDocument, readOptions, type StatedDesign } from './read-design.ts';
export {
  criteriaOf,
  joinPoints,
  ranked,
  type SweepResults,
  type SweptPoint,
  tellingMetrics,
} from './results.ts';
export { decodeLine, type StoredOutcome, StoredRuns } from './stored-runs.ts';
