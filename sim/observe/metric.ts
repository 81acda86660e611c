/** Units of metric values. Fractions are 0 to 1. */
export type MetricUnit =
  | 'fraction'
  | 'seconds'
  /** How many times something else; 1 = equal. */
  | 'ratio'
  | 'requests/s'
  | 'frames/s'
  | 'requests'
  | 'sessions'
  | 'jobs'
  | 'milliGPU'
  | 'GPU'
  | 'hosts'
  | 'host-hours'
  | 'USD'
  /** Money: the code of a currency (ISO 4217), alone or for one of something. */
  | `${Uppercase<string>}/${'hour' | 'month' | 'GPU-hour' | 'job' | 'user-hour'}`
  | Uppercase<string>
  | 'kWh'
  | 'kWh/month'
  | 'kg/month'
  | 'fraction/year'
  | 'months'
  | 'GPU-hours'
  | 'GPU-seconds'
  | 'GPU-minutes'
  | 'licences'
  | 'licence-hours'
  | 'events';

/** One measured value of one run; null where there was nothing to measure. */
export interface Reading {
  readonly value: number | null;
  readonly unit: MetricUnit;
}

/** Readings of one run by dotted name, in the order in which reports list them. */
export type Readings = Map<string, Reading>;
