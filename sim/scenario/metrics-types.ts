import type { AlertMetricName, AlertScopeName } from './names.ts';

/** A value, a limit, and for how long it has to be beyond it without a break. */
export interface AlertRule {
  readonly name: string;
  readonly metric: AlertMetricName;
  readonly isAbove: boolean;
  /** Fractions are 0 to 1. */
  readonly limit: number;
  readonly windowUs: number;
  readonly scope: AlertScopeName;
  /** Who says so. */
  readonly source: string;
}

export interface Alerts {
  /** Whether the limits of the sources are watched. */
  readonly hasDefaults: boolean;
  readonly rules: readonly AlertRule[];
}

/** How far metrics are split up. */
export interface MetricsOptions {
  readonly perHost: boolean;
  /** Most groups of a kind. */
  readonly groups: number;
  /** False: only the metrics of the fleet as a whole; absent: true. */
  readonly detail?: boolean | undefined;
}
