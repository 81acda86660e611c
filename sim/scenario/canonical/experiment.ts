import { readWidth, type Width, writeWidth } from '../quantities/precision.ts';
import { readValid } from '../quantities/quantity.ts';
import { multipleQuantity } from '../quantities/ratio.ts';
import type { PrecisionDocument } from '../schema/precision.ts';
import type { ExperimentDocument } from '../schema/scenario.ts';
import { canonicalDuration } from './distribution.ts';

/** The experiment with every default written out, keys in a fixed order. */
export function canonicalExperiment(written: ExperimentDocument) {
  if (written.kind === 'timed') {
    const { kind, horizon, warmup, hindsight, precision } = written;
    return {
      kind,
      horizon: horizon == null ? null : canonicalDuration(horizon),
      warmup: warmup === 'auto' ? 'auto' : canonicalDuration(warmup ?? '0s'),
      ...(hindsight === true ? { hindsight } : {}),
      ...canonicalPrecision(precision),
    } as const;
  }
  const { kind, target, order, hindsight, precision } = written;
  return {
    kind,
    target: readValid(multipleQuantity, target ?? 1.3),
    order: order ?? 'shuffle',
    ...(hindsight === true ? { hindsight } : {}),
    ...canonicalPrecision(precision),
  } as const;
}

function canonicalPrecision(written: PrecisionDocument | null | undefined) {
  if (written == null) return {};
  return {
    precision: {
      targets: written.targets.map(({ metric, within }) => ({
        metric,
        within: writeWidth(readWidth(within) as Width),
      })),
      pilot: written.pilot ?? 10,
      most: written.most ?? 1000,
    },
  };
}
