import { Document } from 'yaml';
import type { Calibration } from '../../../sim/experiment/calibrate/index.ts';
import { plural } from '../../../sim/report/format.ts';

const DIGITS = 6;

/** The fitted values as a part of a scenario, with where they come from. */
export function overlayYaml(calibrations: readonly Calibration[], dataFile: string): string {
  const overheads = Object.fromEntries(
    calibrations.flatMap(({ mode, fit, rows }) =>
      fit.fitted.map(({ parameter: { id, min, max }, value, interval }) => {
        const range =
          interval === null
            ? ''
            : `, 95 % interval ${interval.map((end) => end.toPrecision(4)).join(' to ')}`;
        const source = `calibrated on ${plural(rows.length, 'row')} of ${dataFile} (${mode}): RMSE ${(fit.rmse * 100).toFixed(2)} %${range}`;
        // Rounding must not leave the bounds.
        const rounded = Math.min(max, Math.max(min, Number(value.toPrecision(DIGITS))));
        return [id, { value: rounded, source }];
      }),
    ),
  );
  const document = new Document({ overheads });
  document.commentBefore = ` Written by slicewise calibrate from ${dataFile}. Use: slicewise run SCENARIO --overlay THIS_FILE`;
  return document.toString({ lineWidth: 0 });
}
