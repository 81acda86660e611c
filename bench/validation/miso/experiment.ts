import { type ConfidenceInterval, studentInterval } from '../../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../../sim/kernel/stats/tally.ts';
import type { Row, Section } from '../sharing/table.ts';
import { dynamicCompletionSec } from './dynamic.ts';
import { MISO_GPUS, meanCompletionSec, misoScenario } from './engine-run.ts';
import { type Gaps, jobsOf, type MisoJob } from './jobs.ts';
import { type Aim, Partitions } from './partitions.ts';
import { AGAINST_NONE, AGAINST_STATIC, CUT_SEC, type MisoInputs, PAPER } from './published.ts';
import { PROFILE_OF } from './speeds.ts';

/** A partition in use on all cards, and what it comes to, seed by seed. */
interface StaticRuns {
  readonly code: readonly number[];
  readonly completionSec: readonly number[];
}

/** The authors' experiment, on arrivals of `seeds` seeds that all three systems have in common. */
export function misoSections(inputs: MisoInputs, seeds: number): Section[] {
  const main = compare(inputs, seeds, 'poisson-process');
  const authors = compare(inputs, seeds, 'authors');
  const dynamic = (jobs: readonly (readonly MisoJob[])[], aim: Aim, cutSec: number) => {
    const partitions = new Partitions(misoScenario(inputs.speeds, { mode: 'mig' }), inputs.partitions, aim);
    return jobs.map((each) => dynamicCompletionSec(partitions, each, MISO_GPUS, cutSec));
  };
  const dynamicMain = dynamic(main.jobs, 'sum', CUT_SEC);
  const dynamicAuthors = dynamic(authors.jobs, 'sum', CUT_SEC);
  const best = main.statics[0] as StaticRuns;
  const others = main.statics
    .slice(1, 4)
    .map((each) => `${nameOf(each)} ${mean(each.completionSec).toFixed(0)}`);
  return [
    {
      title: `The experiment of MISO: ${MISO_GPUS} A100-40GB, 100 jobs, mean completion time over ${seeds} seeds of arrivals and order`,
      about: `Poisson arrivals every 60 s, twice as dense in the first third. Whole cards and static partitions run in the engine (first in first out, the smallest free instance that a job runs on); static: one partition for all cards, the best of ${main.statics.length} after running each on all seeds (${inputs.partitions.length - main.statics.length} more keep a job out for ever). Dynamic: each card is cut for the jobs on it whenever one joins or leaves, so that the sum of speeds is largest; ${CUT_SEC} s in which all jobs of the card stand still. Runs of one seed have the same jobs; intervals are Student's, 95 %.`,
      rows: [
        { name: 'one job a card: s', ours: mean(main.none) },
        {
          name: `best static partition ${nameOf(best)}: s`,
          ours: mean(best.completionSec),
          note: `next: ${others.join(', ')}`,
        },
        { name: 'dynamic partitions: s', ours: mean(dynamicMain) },
        change('dynamic against one job a card: %', main.none, dynamicMain, PAPER.none, AGAINST_NONE),
        change(
          'dynamic against the best static partition: %',
          best.completionSec,
          dynamicMain,
          PAPER.static,
          AGAINST_STATIC,
        ),
      ],
    },
    {
      title: 'The same experiment with other readings of it',
      about:
        "Gaps of whole seconds from a Poisson distribution are what the authors' program draws; their program makes the mean slowdown small where the paper makes the sum of speeds large; the last two rows show what cutting costs.",
      rows: [
        change("authors' gaps: dynamic against one job a card: %", authors.none, dynamicAuthors, PAPER.none),
        change(
          `authors' gaps: dynamic against the best static partition ${nameOf(authors.statics[0] as StaticRuns)}: %`,
          (authors.statics[0] as StaticRuns).completionSec,
          dynamicAuthors,
          PAPER.static,
        ),
        change(
          'least mean slowdown: dynamic against one job a card: %',
          main.none,
          dynamic(main.jobs, 'slowdown', CUT_SEC),
          PAPER.none,
        ),
        change(
          'cutting takes no time: dynamic against one job a card: %',
          main.none,
          dynamic(main.jobs, 'sum', 0),
          PAPER.none,
        ),
        change(
          'cutting takes no time: dynamic against the best static partition: %',
          best.completionSec,
          dynamic(main.jobs, 'sum', 0),
          PAPER.static,
        ),
      ],
    },
  ];
}

/** Runs that the engine does: whole cards, and every static partition that can hold all jobs, the best first. */
function compare(
  { speeds, programs, seconds, partitions }: MisoInputs,
  seeds: number,
  gaps: Gaps,
): {
  readonly jobs: readonly (readonly MisoJob[])[];
  readonly none: readonly number[];
  readonly statics: readonly StaticRuns[];
} {
  const jobs = Array.from({ length: seeds }, (_, i) => jobsOf({ programs, seconds }, i + 1, gaps));
  const used = new Map([...speeds].filter(([program]) => Object.values(programs).includes(program)));
  const runs = (sharing: unknown) => {
    const scenario = misoScenario(used, sharing);
    return jobs.map((each) => meanCompletionSec(scenario, each));
  };
  const holdsAll = (code: readonly number[]) =>
    [...used.values()].every((byProfile) =>
      code.some((slices) => byProfile[PROFILE_OF[slices] as string] !== null),
    );
  const statics = partitions
    .filter(holdsAll)
    .map((code) => ({
      code,
      completionSec: runs({ mode: 'mig', layout: code.map((slices) => PROFILE_OF[slices]) }),
    }))
    .sort((a, b) => mean(a.completionSec) - mean(b.completionSec));
  return { jobs, none: runs('bare-metal'), statics };
}

/** Mean over the seeds of the change in percent, with its interval. */
function change(
  name: string,
  before: readonly number[],
  after: readonly number[],
  published: number,
  accept?: readonly [number, number],
): Row {
  const interval: ConfidenceInterval = studentInterval(
    Tally.of(before.map((value, i) => 100 * ((after[i] as number) / value - 1))),
  );
  return {
    name,
    ours: interval.mean,
    published,
    accept,
    note: `${interval.lo.toFixed(1)} .. ${interval.hi.toFixed(1)}`,
  };
}

function nameOf({ code }: StaticRuns): string {
  return code.map((slices) => `${slices}g`).join('+');
}

function mean(values: readonly number[]): number {
  return Tally.of(values).mean;
}
