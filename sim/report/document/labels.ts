import type { ReportedRun } from './read-result.ts';

/** Names that tell the runs of a report apart: as they are, or with a number where several have the same. */
export function withOwnLabels(runs: readonly ReportedRun[]): readonly ReportedRun[] {
  const taken = new Set<string>();
  return runs.map((run) => {
    let label = run.label;
    for (let number = 2; taken.has(label); number++) label = `${run.label} (${number})`;
    taken.add(label);
    return { ...run, label };
  });
}
