import type { CanonicalAlerts } from '../canonical/alerts.ts';
import type { Alerts } from '../metrics-types.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';

/** The section in numbers. */
export function resolveAlerts({ defaults, rules }: CanonicalAlerts): Alerts {
  return {
    hasDefaults: defaults,
    rules: rules.map(({ name, metric, above, below, for: window, scope }) => ({
      name,
      metric,
      isAbove: above !== undefined,
      limit: (above ?? below) as number,
      windowUs: readValid(durationQuantity, window),
      scope,
      source: 'stated in the scenario',
    })),
  };
}
