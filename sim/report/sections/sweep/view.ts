import type { Criterion } from '../../../experiment/compare/pareto.ts';
import { inOneUnit } from '../../../experiment/statistics/varied-input.ts';
import {
  criteriaOf,
  ranked,
  type SweepResults,
  type SweptPoint,
  tellingMetrics,
} from '../../../experiment/sweep/index.ts';
import type { Block, Text } from '../../document/blocks.ts';
import { metricText } from '../../document/quantity.ts';

/** One factor as charts need it: where each value stands. */
export interface FactorAxis {
  readonly path: string;
  /** By point: a number, or the place among the words. */
  readonly at: readonly number[];
  /** Unit of numbers; undefined where the values are words. */
  readonly unit: string | undefined;
  /** Different values in order: numbers go up, words as they first appear. */
  readonly names: readonly string[];
  readonly places: readonly number[];
}

/** What the sections of a sweep are made of. */
export interface SweepView {
  readonly results: SweepResults;
  /** Points of which some run is done. */
  readonly points: readonly SweptPoint[];
  /** Metrics that are shown, the one that settles what is best first. */
  readonly metrics: readonly string[];
  /** Those of them that have a better and a worse. */
  readonly criteria: readonly Criterion[];
  /** The best points by the first criterion; without one in the order of the design. */
  readonly order: readonly SweptPoint[];
  /** Factors with two values or more, by points. */
  readonly axes: readonly FactorAxis[];
}

export interface SweepSection {
  readonly id: string;
  readonly title: string;
  /** No blocks: it has nothing to say and is left out. */
  readonly build: (view: SweepView) => readonly Block[];
}

const SHOWN_METRICS = 4;

/** @param asked metrics, with `:higher` or `:lower` where that is to be settled; empty: those that tell most */
export function viewOf(results: SweepResults, asked: readonly string[]): SweepView {
  const points = results.points.filter(({ done }) => done > 0);
  const there = asked.filter((each) =>
    points.some(({ metrics }) => metrics[each.replace(/:(higher|lower)$/, '')]?.value != null),
  );
  const wanted = there.length > 0 ? there : tellingMetrics(points, SHOWN_METRICS);
  const criteria = criteriaOf(wanted);
  const metrics = wanted.map((each) => each.replace(/:(higher|lower)$/, ''));
  const [first] = criteria;
  const order = first === undefined ? points : ranked(points, first, results.seeds.length);
  const axes = results.design.factors.flatMap(({ path }, f) => {
    const axis = axisOf(
      path,
      points.map(({ values }) => values[f] as string),
    );
    return axis.names.length > 1 ? [axis] : [];
  });
  return { results, points, metrics, criteria, order, axes };
}

/** Where the values of a factor stand: numbers in one unit, or words in the order in which they appear. */
export function axisOf(path: string, values: readonly string[]): FactorAxis {
  const read = inOneUnit(values);
  if (read !== undefined) {
    const places = [...new Set(read.amounts)].sort((a, b) => a - b);
    return {
      path,
      at: read.amounts,
      unit: read.unit,
      names: places.map((at) => `${at}${read.unit}`),
      places,
    };
  }
  const names = [...new Set(values)];
  return {
    path,
    at: values.map((value) => names.indexOf(value)),
    unit: undefined,
    names,
    places: names.map((_, i) => i),
  };
}

/** A row for a point: its values, then its metrics. */
export function pointCells({ results, metrics }: SweepView, point: SweptPoint): readonly Text[] {
  return [
    ...results.design.factors.map((_, f): Text => [{ name: point.values[f] ?? '' }]),
    ...metrics.map((metric) => metricText(point.metrics[metric])),
  ];
}
