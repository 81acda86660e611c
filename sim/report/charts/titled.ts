/** What every chart has. */
export interface Titled {
  readonly title: string;
  /** What the picture says, for who does not see it. */
  readonly summary: string;
}

export interface Axis {
  /** With its unit: `time (h)`. */
  readonly label: string;
  readonly from?: number;
  readonly to?: number;
  /** Ticks at multiples of it, or of twice as much again where there is little room; absent: at round numbers. */
  readonly step?: number;
}
