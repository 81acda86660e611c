import type { CanonicalDocument } from '../canonical/scenario.ts';
import { readWidth, type Width } from '../quantities/precision.ts';
import type { Experiment } from '../types.ts';

/** Precision in numbers; nothing where none is asked for. */
export function resolvePrecision(
  precision: CanonicalDocument['experiment']['precision'],
): Pick<Experiment, 'precision'> {
  if (precision === undefined) return {};
  const { targets, pilot, most } = precision;
  return {
    precision: {
      pilot,
      most,
      targets: targets.map(({ metric, within }) => {
        const { value, isRelative } = readWidth(within) as Width;
        return { metric, within: value, isRelative };
      }),
    },
  };
}
