import type { HeatChart, ParallelChart, ScatterChart } from './sweep-charts.ts';
import type { Axis, Titled } from './titled.ts';

/**
 * What a chart shows, without how it is drawn: colours, fonts and sizes are those of the page. Every number is in the
 * unit that the axis names. Lists are in the order in which they are drawn.
 */
export type Chart =
  | LineChart
  | BarChart
  | StackChart
  | CascadeChart
  | SwingChart
  | ScatterChart
  | HeatChart
  | ParallelChart;

/** Courses over a quantity; where `low` and `high` are given, the band between them is shaded. */
export interface LineChart extends Titled {
  readonly kind: 'lines';
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly {
      readonly x: number;
      readonly y: number;
      readonly low?: number;
      readonly high?: number;
    }[];
  }[];
}

/** One bar a row, from 0, with its interval where there is one. */
export interface BarChart extends Titled {
  readonly kind: 'bars';
  readonly x: Axis;
  readonly bars: readonly {
    readonly name: string;
    readonly value: number;
    readonly low?: number;
    readonly high?: number;
    /** Value as the tables write it. */
    readonly text: string;
  }[];
}

/** Rows that parts fill, all to the same scale. */
export interface StackChart extends Titled {
  readonly kind: 'stack';
  readonly x: Axis;
  /** Names of the parts, in order; at most eight have a colour of their own. */
  readonly parts: readonly string[];
  /** Their colours, 0 to 8, where other charts have them, too; absent: in order. */
  readonly tones?: readonly number[];
  readonly rows: readonly { readonly name: string; readonly values: readonly number[] }[];
}

/** Parts of a whole, one below the other, each beginning where the one before it ends. */
export interface CascadeChart extends Titled {
  readonly kind: 'cascade';
  readonly x: Axis;
  readonly steps: readonly {
    readonly name: string;
    readonly value: number;
    /** Colour by family, 0 to 7. */
    readonly tone: number;
    readonly text: string;
  }[];
}

/** What moves a value: a bar from where it is with one thing low to where it is with it high, around `typical`. */
export interface SwingChart extends Titled {
  readonly kind: 'swings';
  readonly x: Axis;
  readonly typical: number;
  readonly swings: readonly { readonly name: string; readonly low: number; readonly high: number }[];
}
