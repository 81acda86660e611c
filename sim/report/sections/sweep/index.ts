import type { SweepResults } from '../../../experiment/sweep/index.ts';
import { name, type ReportDocument, type ReportSection } from '../../document/blocks.ts';
import { sweepFailures, sweepHeat, sweepParallel } from './over-factors.ts';
import { sweepAnswer, sweepPareto } from './points.ts';
import { sweepDesign } from './reproduce.ts';
import { type SweepSection, viewOf } from './view.ts';

/** All sections of a sweep, in the order of the report. */
const SWEEP_SECTIONS: readonly SweepSection[] = [
  sweepAnswer,
  sweepPareto,
  sweepHeat,
  sweepParallel,
  sweepFailures,
  sweepDesign,
];

/**
 * The report of a sweep.
 *
 * @param metrics that are shown, the one that settles what is best first, with `:higher` or `:lower` where somebody says
 *   so; empty: those that tell most
 */
export function sweepDocument(results: SweepResults, metrics: readonly string[]): ReportDocument {
  const view = viewOf(results, metrics);
  const sections = SWEEP_SECTIONS.flatMap(({ id, title, build }): readonly ReportSection[] => {
    const blocks = build(view);
    return blocks.length === 0 ? [] : [{ id, title, blocks }];
  });
  return {
    title: ['Sweep of ', name(results.name)],
    subtitle: ['Simulated by Slicewise ', name(results.version)],
    sections,
  };
}
