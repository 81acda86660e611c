import type { Scenario } from '../sim/scenario/types.ts';

/** The files that a scenario reads, as the scenario writes them. */
export function traceFiles({ fleet, workload }: Scenario): readonly string[] {
  const { trace, typicalPath } = workload;
  const ofTrace =
    trace === null
      ? []
      : trace.format === 'openb'
        ? [trace.podsPath]
        : [trace.jobsPath, trace.reading.throughputsPath];
  const files = [fleet.kind === 'trace' ? fleet.nodesPath : null, ...ofTrace, typicalPath];
  return files.filter((path) => path !== null);
}
