import { compareMetrics } from '../../sim/experiment/statistics/index.ts';
import { normalizeScenario, type Replication, replicate, type Scenario } from '../../sim/index.ts';
import { studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { steinInterval, steinSampleSize } from '../../sim/kernel/stats/stein.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { measureOneRun } from './statistics/one-run.ts';
import { measureSobol } from './statistics/sobol.ts';
import { missedRows, row, waits } from './statistics/waits.ts';

/**
 * Measures the statistics on queues whose answers are known: `npm run validate:statistics`. Coverage of the intervals on
 * M/M/1, verdicts of comparisons of the same with the same on the product's engine, and how many replications a known
 * difference of 2 % takes with and without common random numbers. Prints rows; exits 1 where one is out of its bounds.
 */

const METRIC = 'completion.mean';
/** A part of the runs, for a quick look: `npm run validate:statistics -- 0.1`. */
const part = Number(process.argv[2] ?? 1);

measureOneRun(part);
measureSobol(part);

/** Replications of short M/M/1 runs, not normal in shape: the interval of the mean, and stopping at 10 % of it. */
{
  const value = (seed: number) => Tally.of(waits(0.5, 500, seed)).mean;
  let fixed = 0;
  let stein = 0;
  let naive = 0;
  let used = 0;
  let next = 0;
  for (let r = 0; r < 1000 * part; r++) {
    const pilot = Tally.of(Array.from({ length: 10 }, () => value(next++)));
    const plain = studentInterval(pilot);
    if (plain.lo <= 1 && 1 <= plain.hi) fixed += 1;
    const all = Tally.fromData(pilot.toJSON());
    while (all.count < steinSampleSize(pilot, (0.1 / 1.1) * Math.abs(all.mean))) all.add(value(next++));
    const { lo, hi } = steinInterval(pilot, all);
    if (lo <= 1 && 1 <= hi) stein += 1;
    used += all.count;
    // What stopping at the first interval that is narrow enough would give.
    const greedy = Tally.of([value(next++), value(next++), value(next++)]);
    while (studentInterval(greedy).hi - greedy.mean > (0.1 / 1.1) * greedy.mean) greedy.add(value(next++));
    const last = studentInterval(greedy);
    if (last.lo <= 1 && 1 <= last.hi) naive += 1;
  }
  row('10 replications of 500 waits: Student covers', fixed / (1000 * part), 0.92, 0.98);
  row('stopped at 10 % by the two-stage rule: covers', stein / (1000 * part), 0.92, 0.99);
  row('   replications used, mean', used / (1000 * part), 10, 200);
  row('   (stopped at the first narrow interval instead: covers)', naive / (1000 * part), 0, 1);
}

function queue(load: number, gpus: number, meanMin: number, tasks: number): Scenario {
  const normalized = normalizeScenario({
    apiVersion: 'slicewise/v1',
    name: 'queue',
    fleet: { hosts: [{ name: 'n', cpu: 64, memory: '64GiB', gpus: { model: 'A100-80GB', count: gpus } }] },
    workload: {
      synthetic: {
        tasks,
        arrivals: { process: 'poisson', rate: `${gpus * load * 12}/h` },
        classes: [
          {
            name: 'c',
            cpu: 1,
            memory: '1GiB',
            gpus: 1,
            lifetime: { kind: 'exponential', mean: `${meanMin}s` },
          },
        ],
      },
    },
  });
  if (!normalized.ok) throw new Error(JSON.stringify(normalized.problems));
  return normalized.scenario;
}
const runs = (scenario: Scenario, from: number, count: number): Replication[] =>
  Array.from({ length: count }, (_, i) => replicate(scenario, {}, from + i));

{
  const scenario = queue(0.7, 4, 300, 200);
  let unadjusted = 0;
  let family = 0;
  const shown = (verdict: string) => verdict === 'better' || verdict === 'worse' || verdict === 'differs';
  for (let r = 0; r < 500 * part; r++) {
    const base = runs(scenario, 1 + 20 * r, 10);
    // Other seeds under the same numbers: pairs that have nothing in common.
    const candidate = runs(scenario, 11 + 20 * r, 10).map((each, i) => ({ ...each, seed: 1 + 20 * r + i }));
    const single = compareMetrics(base, candidate, { metrics: [METRIC], adjustment: 'none' });
    if (single.some(({ verdict }) => shown(verdict))) unadjusted += 1;
    if (compareMetrics(base, candidate).some(({ verdict }) => shown(verdict))) family += 1;
  }
  row(
    '500 A/A comparisons of 10 runs each: difference called, one metric, unadjusted',
    unadjusted / (500 * part),
    part < 1 ? 0 : 0.03,
    part < 1 ? 0.12 : 0.07,
  );
  row('   in any metric, Holm', family / (500 * part), 0, 0.05);
}

/** Replications until a difference of 2 % in run time is shown, over 10 series of seeds. */
for (const [load, label] of [
  [0.2, 'without a queue'],
  [0.7, 'with a queue'],
] as const) {
  const base = queue(load, 16, 300, 300);
  const candidate = queue(load, 16, 294, 300);
  const needs = { paired: new Tally(), unpaired: new Tally() };
  for (let series = 0; series < 10; series++) {
    const most = 150;
    const left = runs(base, 1 + series * 1000, most);
    const right = runs(candidate, 1 + series * 1000, most);
    const apart = runs(candidate, 501 + series * 1000, most);
    const first = (others: readonly Replication[]) => {
      for (let n = 2; n <= most; n++) {
        const options = { metrics: [METRIC], adjustment: 'none' } as const;
        if (compareMetrics(left.slice(0, n), others.slice(0, n), options)[0]?.verdict === 'better') return n;
      }
      return most;
    };

    needs.paired.add(first(right));
    needs.unpaired.add(first(apart));
  }
  row(
    `2 % shorter run times, ${label}: replications until shown, paired (mean of 10)`,
    needs.paired.mean,
    2,
    20,
  );
  row(`   unpaired (most 150)`, needs.unpaired.mean, needs.paired.mean * 2, 150);
}
process.exit(missedRows() === 0 ? 0 : 1);
