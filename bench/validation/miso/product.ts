import { studentInterval } from '../../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../../sim/kernel/stats/tally.ts';
import type { Row, Section } from '../sharing/table.ts';
import { type CutAnew, MISO_GPUS, meanCompletionSec, misoScenario } from './engine-run.ts';
import { jobsOf } from './jobs.ts';
import { AGAINST_NONE, AGAINST_STATIC, CUT_SEC, type MisoInputs, PAPER } from './published.ts';
import { PROFILE_OF } from './speeds.ts';

/** The rule was made with the arrivals of seeds 1 to 5; these it has not seen. */
const FIRST_SEED = 11;
/** The best static partitions of the experiment, of which the better one on these seeds is compared with. */
const STATICS = [
  [4, 3],
  [3, 3],
];
/** Two halves to begin with; a review whenever a job comes or ends; all that the authors' system does at each of these. */
const START = [3, 3];
const RULE: CutAnew = {
  repartition: { policy: 'periodic', atChange: true, running: 'save', horizon: '10m', patience: null },
  checkpoint: { save: '0s', restore: `${CUT_SEC}s` },
};

/** The authors' experiment with the product's own re-partitioning, on arrivals that it was not made with. */
export function productSection({ speeds, programs, seconds }: MisoInputs, seeds: number): Section {
  const used = new Map([...speeds].filter(([program]) => Object.values(programs).includes(program)));
  const jobs = Array.from({ length: seeds }, (_, i) =>
    jobsOf({ programs, seconds }, FIRST_SEED + i, 'poisson-process'),
  );
  const layoutOf = (code: readonly number[]) => ({ mode: 'mig', layout: code.map((n) => PROFILE_OF[n]) });
  const runs = (sharing: unknown, anew?: CutAnew) => {
    const scenario = misoScenario(used, sharing, anew);
    return jobs.map((each) => meanCompletionSec(scenario, each));
  };
  const none = runs('bare-metal');
  const statics = STATICS.map(
    (code): Static => ({ name: code.map((n) => `${n}g`).join('+'), completionSec: runs(layoutOf(code)) }),
  ).sort((a, b) => mean(a.completionSec) - mean(b.completionSec));
  const [best, next] = statics as [Static, Static];
  const anew = runs(layoutOf(START), RULE);
  return {
    title: `The experiment of MISO with \`repartition: periodic\` in the engine, seeds ${FIRST_SEED} to ${FIRST_SEED + seeds - 1}`,
    about: `${MISO_GPUS} A100-40GB and the 100 jobs as above, first in first out. Cards begin as 3g+3g; a review whenever a job comes or ends chooses the layouts of all cards for all jobs that run and wait, by their speeds; \`running: save\`, a stop takes no time to save and ${CUT_SEC} s to read back, deleting and creating instances the measured seconds of the model, instance by instance while others run on; \`horizon: 10m\`, no \`patience\`. The rule was made with seeds 1 to 5. Ratios are of the means over the seeds, with the interval of a ratio of paired means (linearised, Student's, 95 %).`,
    rows: [
      { name: 'one job a card: s', ours: mean(none) },
      {
        name: `best static partition ${best.name}: s`,
        ours: mean(best.completionSec),
        note: `next: ${next.name} ${mean(next.completionSec).toFixed(0)}`,
      },
      { name: 'cut anew by the engine: s', ours: mean(anew) },
      ratio('cut anew against one job a card: %', none, anew, PAPER.none, AGAINST_NONE),
      ratio(
        'cut anew against the best static partition: %',
        best.completionSec,
        anew,
        PAPER.static,
        AGAINST_STATIC,
      ),
    ],
  };
}

interface Static {
  readonly name: string;
  readonly completionSec: readonly number[];
}

/** Change of the mean in percent; the interval takes the ratio as linear near the means. */
function ratio(
  name: string,
  before: readonly number[],
  after: readonly number[],
  published: number,
  accept: readonly [number, number],
): Row {
  const base = mean(before);
  const part = mean(after) / base;
  const { lo, hi } = studentInterval(
    Tally.of(before.map((value, i) => 100 * (part - 1 + ((after[i] as number) - part * value) / base))),
  );
  const each = before.map((value, i) => (100 * ((after[i] as number) / value - 1)).toFixed(1));
  return {
    name,
    ours: 100 * (part - 1),
    published,
    accept,
    note: `${lo.toFixed(1)} .. ${hi.toFixed(1)}; seed by seed ${each.join(', ')}`,
  };
}

function mean(values: readonly number[]): number {
  return Tally.of(values).mean;
}
