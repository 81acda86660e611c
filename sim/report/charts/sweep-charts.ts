import type { Axis, Titled } from './titled.ts';

/** Points by two quantities, some of them on a front, of which a line is drawn. */
export interface ScatterChart extends Titled {
  readonly kind: 'scatter';
  readonly x: Axis;
  readonly y: Axis;
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly xRange?: readonly [number, number];
    readonly yRange?: readonly [number, number];
    readonly isOnFront: boolean;
    /** Whether the line of the front goes through it; it is on the front then. */
    readonly isOnLine: boolean;
    /** What it is, told to a pointer that rests on it. */
    readonly text?: string;
  }[];
}

/** A quantity by two others; darker is more. Cells that are not there have no value. */
export interface HeatChart extends Titled {
  readonly kind: 'heat';
  readonly x: NamedAxis;
  readonly y: NamedAxis;
  readonly cells: readonly {
    /** Places among the names. */
    readonly x: number;
    readonly y: number;
    /** 0 for the least, 1 for the greatest. */
    readonly level: number;
    readonly text: string;
  }[];
}

interface NamedAxis {
  readonly label: string;
  readonly names: readonly string[];
}

/** Parallel coordinates: a vertical axis for each quantity and a line for each point; `null` leaves a gap. */
export interface ParallelChart extends Titled {
  readonly kind: 'parallel';
  readonly axes: readonly {
    readonly label: string;
    readonly ticks: readonly { readonly at: number; readonly text: string }[];
  }[];
  readonly lines: readonly {
    /** By axis, in [0, 1] from the bottom. */
    readonly places: readonly (number | null)[];
    readonly isMarked: boolean;
  }[];
}
