import {
  type CardSpec,
  type Parameter,
  ParameterValues,
  type SharingMode,
  type SharingModeName,
} from '../../sharing/index.ts';
import { type Fit, fitParameters } from './fit.ts';
import { type Measurement, programKey } from './measurement.ts';
import { predictedFactor } from './predict.ts';

/** A row with what the fitted mode says of it. */
interface CalibratedRow {
  readonly measurement: Measurement;
  /** In the unit of the row. */
  readonly predicted: number;
  /** (predicted - measured) / measured. */
  readonly error: number;
  /** Speed of a tenant relative to the program alone on the whole card, as measured and as the mode has it. */
  readonly measuredSpeed: number;
  readonly speed: number;
}

/** What measurements say of one mode. */
export interface Calibration {
  readonly mode: SharingModeName;
  readonly fit: Fit;
  readonly rows: readonly CalibratedRow[];
}

/** What calibration takes from the product: modes, their parameters, cards. */
export interface Surroundings {
  /** All parameters: a mode may read those of another. */
  readonly parameters: readonly Parameter[];
  modeNamed(name: SharingModeName): SharingMode;
  /** The card that a row was measured on. */
  specOf(measurement: Measurement): CardSpec;
}

/**
 * Fits the parameters of one mode. Predictions are those of the mode's own speed model, so that a run with the fitted
 * values gives the speeds that are shown here.
 *
 * @param measurements of the mode, and of bare metal as the size of each program; other modes are ignored
 * @throws {ImpossibleSetup} where the mode refuses the tenants of a row
 * @throws {RangeError} where nothing was measured in the mode, or its typical values stop a tenant
 */
export function calibrate(
  name: SharingModeName,
  measurements: readonly Measurement[],
  { parameters: known, modeNamed, specOf }: Surroundings,
): Calibration {
  const rows = measurements.filter(({ mode }) => mode === name || mode === 'bare-metal');
  if (!rows.some(({ mode }) => mode === name)) {
    throw new RangeError(`Cannot calibrate ${name}: nothing was measured in that mode`);
  }
  const { parameters } = modeNamed(name);
  const fit = fitParameters(
    rows.map((row) => ({
      value: row.value,
      group: programKey(row),
      predict: (values) =>
        predictedFactor(row, modeNamed(row.mode), specOf(row), new ParameterValues(known, values)),
    })),
    parameters,
  );
  return {
    mode: name,
    fit,
    rows: rows.map((measurement, i) => {
      const predicted = fit.predicted[i] as number;
      const size = fit.sizes.get(programKey(measurement)) as number;
      const speed = (value: number) =>
        measurement.metric === 'latency'
          ? size / value
          : value / size / (measurement.metric === 'throughput' ? 1 : measurement.tenants);
      return {
        measurement,
        predicted,
        error: predicted / measurement.value - 1,
        measuredSpeed: speed(measurement.value),
        speed: speed(predicted),
      };
    }),
  };
}
