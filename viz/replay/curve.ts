/** How a value went over time, or over what was requested, in buckets side by side. */
export interface Curve {
  readonly name: string;
  readonly title: string;
  /** Unit of the values as metrics have it. */
  readonly unit: string;
  /** Where buckets begin, and at the end where the last one ends: microseconds, in a fill run percent requested. */
  readonly edges: readonly number[];
  /** By bucket; null where there was nothing to measure. */
  readonly mean: readonly (number | null)[];
  readonly min: readonly (number | null)[];
  readonly max: readonly (number | null)[];
}
