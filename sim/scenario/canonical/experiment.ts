import { readValid } from '../quantities/quantity.ts';
import { multipleQuantity } from '../quantities/ratio.ts';
import type { ExperimentDocument } from '../schema/scenario.ts';
import { canonicalDuration } from './distribution.ts';

/** The experiment with every default written out, keys in a fixed order. */
export function canonicalExperiment(written: ExperimentDocument) {
  if (written.kind === 'timed') {
    const { kind, horizon, warmup } = written;
    return {
      kind,
      horizon: horizon == null ? null : canonicalDuration(horizon),
      warmup: canonicalDuration(warmup ?? '0s'),
    } as const;
  }
  const { kind, target, order } = written;
  return { kind, target: readValid(multipleQuantity, target ?? 1.3), order: order ?? 'shuffle' } as const;
}
