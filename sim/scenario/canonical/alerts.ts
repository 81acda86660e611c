import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import { levelQuantity } from '../quantities/ratio.ts';
import type { AlertsDocument, MetricsDocument } from '../schema/alerts.ts';

/** The section with every default written out. */
export function canonicalAlerts({ defaults = true, rules = [] }: AlertsDocument) {
  return {
    defaults,
    rules: rules.map(({ name, metric, above, below, for: window = '0s', scope = 'fleet' as const }) => ({
      name,
      metric,
      ...(above === undefined ? {} : { above: readValid(levelQuantity, above) }),
      ...(below === undefined ? {} : { below: readValid(levelQuantity, below) }),
      for: durationQuantity.write(readValid(durationQuantity, window)),
      scope,
    })),
  };
}

/** The section with every default written out. */
export function canonicalMetrics({ perHost = false, groups = 50, detail = true }: MetricsDocument) {
  return { perHost, groups, detail };
}

export type CanonicalAlerts = ReturnType<typeof canonicalAlerts>;
