import type { Overheads, RunMetrics } from '../../sim/experiment/uncertainty/index.ts';
import { type Replication, type Scenario, summarize } from '../../sim/index.ts';
import { type RunSetting, replicationJobs, runJobs } from './replications.ts';

export interface VariantRun extends RunSetting {
  readonly scenario: Scenario;
  /** The normalized document, for workers. */
  readonly document: object;
  /** Values of overhead parameters, by variant; they join those that the scenario states. */
  readonly variants: readonly Overheads[];
  onVariant(done: number): void;
}

/**
 * Runs a scenario once for each set of overheads, all with the scenario's seeds and replications.
 *
 * @returns the metrics by variant, the same for every number of threads
 */
export async function runVariants(run: VariantRun): Promise<readonly RunMetrics[]> {
  const { scenario, document, variants } = run;
  const jobs = variants.flatMap((values) =>
    replicationJobs(
      { ...scenario, overheads: { ...scenario.overheads, ...values } },
      withOverheads(document, values),
    ),
  );
  const each = scenario.replications;
  const metrics = new Array<RunMetrics>(variants.length);
  // Replications are joined and dropped as soon as a variant has all of its own: memory does not grow with the samples.
  const open = new Map<number, { readonly replications: Replication[]; missing: number }>();
  let done = 0;
  await runJobs(jobs, run, (replication, at) => {
    const variant = Math.floor(at / each);
    const joined = open.get(variant) ?? { replications: new Array<Replication>(each), missing: each };
    open.set(variant, joined);
    joined.replications[at % each] = replication;
    joined.missing -= 1;
    if (joined.missing > 0) return;
    metrics[variant] = summarize(joined.replications).metrics;
    open.delete(variant);
    done += 1;
    run.onVariant(done);
  });
  return metrics;
}

function withOverheads(document: object, values: Overheads): object {
  const stated = 'overheads' in document ? document.overheads : undefined;
  return { ...document, overheads: { ...(stated as object | undefined), ...values } };
}
