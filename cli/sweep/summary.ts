import type { Criterion } from '../../sim/experiment/compare/pareto.ts';
import { ranked, type SweepResults, type SweptPoint } from '../../sim/experiment/sweep/index.ts';
import { metricText } from '../../sim/report/document/quantity.ts';
import { groupDigits, plural, printable } from '../../sim/report/format.ts';
import { GateFailed } from '../gate-failed.ts';
import type { CliIo } from '../io.ts';
import { type Column, renderTable } from '../table.ts';

const SHOWN = 10;
const FAILURES_SHOWN = 5;

/** A sweep as text: how far it is, and its points, the best first where a metric says which those are. */
export function sweepText(
  results: SweepResults,
  metrics: readonly string[],
  best: Criterion | undefined,
  width: number,
): string {
  const { name, runs, done, failures, points, seeds, digest, design } = results;
  const missing = runs - done - failures.length;
  const counts = [
    `${groupDigits(done)} of ${plural(runs, 'run')} done`,
    ...(failures.length > 0 ? [`${groupDigits(failures.length)} failed`] : []),
    ...(missing > 0 ? [`${groupDigits(missing)} not run yet`] : []),
  ];
  const head = [
    `Sweep of ${printable(name)}: ${plural(points.length, 'point')} of ${plural(seeds.length, 'run')} each, ${counts.join(', ')}`,
    ...(digest === null ? [] : [`digest ${digest}`]),
  ];
  const order = best === undefined ? points : ranked(points, best, seeds.length);
  const shown = order.slice(0, SHOWN);
  const columns: Column<SweptPoint>[] = [
    ...design.factors.map(
      ({ path }, at): Column<SweptPoint> => ({
        header: printable(path),
        value: ({ values }) => printable(values[at] ?? ''),
        align: 'left',
        shrinkTo: 8,
      }),
    ),
    ...metrics.map(
      (metric): Column<SweptPoint> => ({
        header: metric,
        value: (point) => metricText(point.metrics[metric]),
        align: 'right',
      }),
    ),
  ];
  const table = shown.length === 0 ? '' : `\n${renderTable(columns, shown, width)}`;
  const rest = order.length - shown.length;
  const lines = [
    ...(rest > 0 ? [`... and ${plural(rest, 'other point')}`] : []),
    ...failures
      .slice(0, FAILURES_SHOWN)
      .map(({ index, seed, error }) => `run ${index} (seed ${seed}) failed: ${printable(error)}`),
    ...(failures.length > FAILURES_SHOWN
      ? [`... and ${plural(failures.length - FAILURES_SHOWN, 'other failure')}`]
      : []),
  ];
  return `${head.join('\n')}\n${table}${lines.map((line) => `${line}\n`).join('')}`;
}

/** The same for machines. */
export function sweepJson(
  results: SweepResults,
  metrics: readonly string[],
  best: Criterion | undefined,
): string {
  const { name, version, sweepId, design, seeds, runs, done, failures, digest, points } = results;
  const paths = design.factors.map(({ path }) => path);
  const asRow = ({ point, values, done: ofPoint, metrics: all }: SweptPoint) => ({
    point,
    set: Object.fromEntries(paths.map((path, at) => [path, values[at]])),
    runs: ofPoint,
    metrics: Object.fromEntries(
      metrics.flatMap((each) => (all[each] === undefined ? [] : [[each, all[each]]])),
    ),
  });
  const leader = best === undefined ? undefined : ranked(points, best, seeds.length)[0];
  const summary = {
    schema: 'slicewise/sweep-summary@1',
    name,
    version,
    sweepId,
    seeds,
    runs,
    done,
    failed: failures.length,
    missing: runs - done - failures.length,
    digest,
    ...(best === undefined ? {} : { best: { ...best, point: leader === undefined ? null : asRow(leader) } }),
    failures,
    points: points.map(asRow),
  };
  return `${JSON.stringify(summary, null, 2)}\n`;
}

/**
 * Ends a command whose results have been printed: with exit code 1 if runs failed.
 *
 * @param how what makes them again
 * @throws {GateFailed} if runs failed
 */
export function failIfAny({ failures }: Pick<SweepResults, 'failures'>, how: string, io: CliIo): void {
  if (failures.length === 0) return;
  io.err(`${plural(failures.length, 'run')} failed: ${how}\n`);
  throw new GateFailed();
}
