import { bucketsSeen } from '../sim/experiment/give-back/give-back.ts';
import { type Observed, observed } from '../sim/experiment/give-back/observed.ts';
import type { GiveBackReport } from '../sim/experiment/give-back/report.ts';
import { type Outcome, searchGiveBack, type Trial } from '../sim/experiment/give-back/search.ts';
import { needsSolver, type Replication, ScenarioError } from '../sim/index.ts';
import { UsageError } from './errors.ts';
import { keptTraces } from './executors/kept-traces.ts';
import { replicationJobs, runJobs } from './executors/replications.ts';
import type { CliIo } from './io.ts';
import type { LoadedScenario } from './load-scenario.ts';
import { ProgressLine } from './progress.ts';

/**
 * What `--give-back` cannot be asked of.
 *
 * @throws {UsageError} for a fill experiment, which has no course in which GPU-hours go anywhere
 */
export function checkGiveBack(
  most: number | undefined,
  { scenario: { experiment } }: Pick<LoadedScenario, 'scenario'>,
): void {
  if (most === undefined || experiment.kind !== 'fill') return;
  const message =
    'needs a timed experiment: a fill run places tasks once and has no GPU-hours that could be given back (--set experiment.kind=timed runs it in time)';
  throw new UsageError('wrong options', [{ path: '--give-back', value: most, message }]);
}

/**
 * Runs what one change of the scenario would give back, each change with the seeds of the runs that are there.
 *
 * @param most buckets that are looked at
 * @param replications runs of the scenario as it is, in order of their seeds
 */
export async function runGiveBack(
  most: number,
  { scenario, document, folder }: Pick<LoadedScenario, 'scenario' | 'document' | 'folder'>,
  replications: readonly Replication[],
  workers: number,
  io: CliIo,
): Promise<GiveBackReport> {
  const progress = new ProgressLine(io, 'give back', 'runs');
  const seeds = replications.length;
  let done = 0;
  const search = searchGiveBack(
    { document, scenario },
    bucketsSeen(replications),
    replications.map(observed),
    most,
  );
  try {
    let next = search.next();
    while (next.done !== true) {
      const trials = next.value;
      const asked = done + trials.length * seeds;
      const outcomes = await runTrials(trials, { seeds, folder, workers }, () => {
        done += 1;
        progress.update(done, asked);
      });
      done = asked;
      next = search.next(outcomes);
    }
    return next.value;
  } finally {
    progress.end();
  }
}

interface TrialSetting {
  readonly seeds: number;
  readonly folder: string;
  readonly workers: number;
}

/** What comes of each trial, in their order; the same for every number of threads. */
async function runTrials(
  trials: readonly Trial[],
  setting: TrialSetting,
  onRun: () => void,
): Promise<readonly Outcome[]> {
  const outcomes = new Array<Outcome>(trials.length);
  // What runs together has the same traces, the same solver and as much detail.
  const alike = new Map<string, { readonly trial: Trial; readonly at: number }[]>();
  const traces = await Promise.all(trials.map(({ scenario }) => keptTraces(scenario, setting.folder)));
  const numbers = new Map<unknown, number>();
  trials.forEach((trial, at) => {
    const read = traces[at];
    if (!numbers.has(read)) numbers.set(read, numbers.size);
    const key = `${numbers.get(read)} ${trial.needsDetail} ${needsSolver(trial.scenario)}`;
    alike.set(key, [...(alike.get(key) ?? []), { trial, at }]);
  });
  for (const group of alike.values()) {
    const found = await runAlike(
      group.map(({ trial }) => trial),
      setting,
      onRun,
    );
    group.forEach(({ at }, i) => {
      outcomes[at] = found[i];
    });
  }
  return outcomes;
}

/** Where one of them cannot be run, each is run alone: no answer says which it was. */
async function runAlike(
  trials: readonly Trial[],
  setting: TrialSetting,
  onRun: () => void,
): Promise<readonly Outcome[]> {
  const { seeds, folder, workers } = setting;
  const [first] = trials;
  if (first === undefined) return [];
  const { traces } = await keptTraces(first.scenario, folder);
  const found = trials.map(() => new Array<Observed>(seeds));
  try {
    await runJobs(
      trials.flatMap(({ scenario, document }) => replicationJobs(scenario, document, 0, seeds)),
      { traces, folder, workers, hooks: { detail: first.needsDetail } },
      (replication, at) => {
        const own = found[Math.floor(at / seeds)] as Observed[];
        own[at % seeds] = observed(replication);
        onRun();
      },
    );
    return found;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    if (trials.length === 1) return [undefined];
    const alone: Outcome[] = [];
    for (const trial of trials) alone.push(...(await runAlike([trial], setting, () => {})));
    return alone;
  }
}
