/** What the ranges of the overheads do to a result, and which of them matter. */
export { analyseUncertainty, type RunMetrics } from './analyse.ts';
export { designRuns, type Overheads, uncertaintyDesign } from './design.ts';
export type { Driver, UncertainMetric, Uncertainty } from './uncertainty.ts';
export { parametersInUse } from './varied.ts';
