import {
  type Block,
  type Column,
  heading,
  name,
  type TableBlock,
  type Text,
  tableOf,
} from '../document/blocks.ts';
import { metricText } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';

/** Blocks of each run, below its name where there are several. */
export function ofEach(
  runs: readonly ReportedRun[],
  build: (run: ReportedRun) => readonly Block[],
): readonly Block[] {
  if (runs.length === 1) return runs.flatMap(build);
  return runs.flatMap((run) => {
    const blocks = build(run);
    return blocks.length === 0 ? [] : [heading([name(run.label)]), ...blocks];
  });
}

/** Titles of columns with one value a run. */
export function runColumns(runs: readonly ReportedRun[], single = 'value'): readonly Column[] {
  return runs.map(({ label }) => ({ title: runs.length === 1 ? single : [name(label)], isNumber: true }));
}

/** A metric of each run. */
export const metricCells = (runs: readonly ReportedRun[], metric: string): readonly Text[] =>
  runs.map(({ result }) => metricText(result.metrics[metric]));

/** Names of the things of which some run has metrics `KIND.NAME.LAST`. */
export function namesOf(runs: readonly ReportedRun[], kind: string, last: string): readonly string[] {
  const names = new Set<string>();
  for (const { result } of runs)
    for (const key of Object.keys(result.metrics))
      if (key.startsWith(`${kind}.`) && key.endsWith(`.${last}`))
        names.add(key.slice(kind.length + 1, -last.length - 1));
  return [...names];
}

/** Whether some run has a value of the metric. */
export const hasMetric = (runs: readonly ReportedRun[], metric: string): boolean =>
  runs.some(({ result }) => result.metrics[metric]?.value != null);

/**
 * A row for each thing and, with several runs, for each run of it; columns are metrics by their last part.
 *
 * @param of the metric of a thing and a column
 */
export function thingsTable(
  caption: string,
  runs: readonly ReportedRun[],
  first: string,
  things: readonly string[],
  columns: readonly (readonly [title: string, last: string])[],
  of: (run: ReportedRun, thing: string, last: string) => Parameters<typeof metricText>[0],
): TableBlock {
  const shown = columns.filter(([, last]) =>
    runs.some((run) => things.some((thing) => of(run, thing, last)?.value != null)),
  );
  const rows = things.flatMap((thing) =>
    runs.flatMap((run): (readonly Text[])[] => {
      const cells = shown.map(([, last]) => metricText(of(run, thing, last)));
      if (cells.every((cell) => cell === '-')) return [];
      return [[[name(thing)], ...(runs.length === 1 ? [] : [[name(run.label)]]), ...cells]];
    }),
  );
  const titles: Column[] = [
    { title: first },
    ...(runs.length === 1 ? [] : [{ title: 'run' }]),
    ...shown.map(([title]) => ({ title, isNumber: true })),
  ];
  return tableOf(caption, titles, rows);
}
