/** Fits the parameters of sharing modes to measurements. */
export { type Calibration, calibrate } from './calibrate.ts';
export type { FittedParameter } from './fit.ts';
export { MEASURED_METRICS, type MeasuredMetric, type Measurement } from './measurement.ts';
export { ImpossibleSetup } from './predict.ts';
