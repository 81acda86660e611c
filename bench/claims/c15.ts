import type { DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import { exp } from '../../sim/kernel/math.ts';
import type { Scenario } from '../../sim/scenario/index.ts';
import type { Claim } from './claim.ts';
import { percent, type Runs, worked } from './lab.ts';
import { pairedChange } from './ratio.ts';

const NAME = 'claims/c15';
const CARDS = 8;
const LIMIT = 0.15;
/** More than the cards can do: somebody always waits. */
const OVERLOAD = 'workload.synthetic.arrivals.rate=9/h';

export const c15: Claim = {
  id: 'C15',
  words: '8x A100: large training first, small jobs fill the rest, memory fragmentation < 15 %.',
  source: '[2]',
  scenarios: [NAME],
  isQuick: false,
  question(lab) {
    const fifo = lab.run(NAME);
    const large = lab.run(NAME, { variant: 'large-first' });
    const mig = lab.run(NAME, { variant: 'large-first-mig' });
    const full = (variant?: string) =>
      lab.run(NAME, { ...(variant === undefined ? {} : { variant }), set: [OVERLOAD] });
    const idle = (what: string, runs: Runs) => {
      const { value, ci95, unit } = runs.found(what, 'gpu.allocated.mean', 'fraction');
      return {
        what,
        value: value === null ? null : 1 - value,
        ...(ci95 === undefined ? {} : { ci95: [1 - ci95[1], 1 - ci95[0]] as const }),
        unit,
      };
    };
    const classOf = (name: string) => `workload.synthetic.classes.${name}`;
    const profiles = (tuning: string, notebook: string, more: readonly string[] = []) =>
      lab
        .run(NAME, {
          variant: 'large-first-mig',
          set: [
            `${classOf('tuning')}.slot={profile: ${tuning}}`,
            `${classOf('notebook')}.slot={profile: ${notebook}}`,
            ...more,
          ],
        })
        .found('free frame buffer that no part of the mix can use', 'gpuMemory.fragmented.mean', 'fraction');
    const migRows = [
      { at: '3g.40gb and 1g.20gb', gives: profiles('3g.40gb', '1g.20gb') },
      { at: '3g.40gb and 1g.10gb', gives: profiles('3g.40gb', '1g.10gb') },
      { at: '4g.40gb and 2g.20gb', gives: profiles('4g.40gb', '2g.20gb') },
      { at: '4g.40gb for both', gives: profiles('4g.40gb', '4g.40gb') },
    ];
    const worst = Math.max(...migRows.map(({ gives }) => gives.value ?? 0));
    const loads = ['3.8/h', '6/h', '9/h'];
    const at = (rate: string, variant: string) =>
      lab.run(NAME, { variant, set: [`workload.synthetic.arrivals.rate=${rate}`] });
    const waits = idle('idle while jobs wait, large first', full('large-first'));
    return {
      parts: [
        {
          claimed: 'memory fragmentation below 15 %',
          ...(worst < LIMIT && (waits.value ?? 1) < LIMIT
            ? { verdict: 'consistent' as const }
            : {
                verdict: 'only if' as const,
                condition:
                  worst < LIMIT
                    ? 'fragmentation means what no job can use, not what is idle while jobs wait'
                    : `small jobs ask for small parts: with instances of ${migRows.find(({ gives }) => gives.value === worst)?.at} on MIG it is ${percent(worst)}`,
              }),
          reason:
            'Jobs of a quarter of a card fit nearly anywhere, so that little is of no use to the next job, whatever the order; on MIG it is a matter of which instances are asked for. It is what small jobs there are that keeps fragmentation low, not that the large go first.',
          found: [
            large.found(
              'idle and of no use to the usual next job, large first',
              'fragmentation.mean',
              'fraction',
            ),
            fifo.found('the same, first come first served', 'fragmentation.mean', 'fraction'),
            mig.found(
              'free frame buffer that no part of the mix can use, large first on MIG',
              'gpuMemory.fragmented.mean',
              'fraction',
            ),
            waits,
            idle('the same, first come first served', full()),
            idle('the same, large first on MIG', full('large-first-mig')),
          ],
          varied: [
            { assumption: 'instances of the small jobs on MIG', rows: migRows },
            {
              assumption: `jobs an hour (all cards are taken at ${(1 / loadOf(large.scenario, 1)).toFixed(1)})`,
              rows: loads.map((rate) => ({
                at: `${rate}${rate === '3.8/h' ? ' (assumed)' : ''}`,
                gives: at(rate, 'large-first').found(
                  'idle and of no use to the usual next job, large first',
                  'fragmentation.mean',
                  'fraction',
                ),
              })),
            },
          ],
        },
        {
          claimed: 'small jobs fill the rest',
          verdict: (waits.value ?? 1) < (idle('', full()).value ?? 0) ? 'consistent' : 'not reachable',
          reason:
            'Where jobs always wait, letting small ones pass leaves less idle than first come first served, at the price of their own waiting.',
          found: [
            pairedChange(
              'GPU time given to jobs where some always wait, against first come first served',
              full(),
              full('large-first'),
              'gpu.hours',
            ),
            worked('load at the assumed arrivals', loadOf(large.scenario, 3.8), 'fraction'),
            worked('load at 9 jobs an hour', loadOf(large.scenario, 9), 'fraction'),
          ],
        },
      ],
      assumptions: [
        'The mix: one in sixty is a training on eight cards, three on four, the rest ask for a half or a quarter of a card.',
        'Run times of 40 min to some hours; the scheduler knows them with an error of 50 %.',
        'A part of a card takes as much of its memory as of its compute.',
      ],
      leftOut: [
        'Fragmentation inside the memory of a process, which allocators cause and a scheduler cannot see.',
      ],
    };
  },
};

/** Part of the cards that so many jobs an hour ask for: of each class weight, GPUs and mean lifetime. */
function loadOf({ workload }: Scenario, perHour: number): number {
  const classes = workload.synthetic?.classes ?? [];
  const weights = classes.reduce((sum, { weight }) => sum + weight, 0);
  const gpuSeconds = classes.reduce(
    (sum, { weight, gpuCount, gpuMilli, lifetimeSec }) =>
      sum + (weight * gpuCount * gpuMilli * meanOf(lifetimeSec)) / 1000,
    0,
  );
  return (perHour * gpuSeconds) / weights / 3600 / CARDS;
}

function meanOf(lifetime: DistributionSpec | null): number {
  if (lifetime?.kind === 'exponential') return lifetime.mean;
  if (lifetime?.kind === 'lognormal') {
    return exp(lifetime.logMean + (lifetime.logStdDev * lifetime.logStdDev) / 2);
  }
  throw new RangeError(`Cannot work out the load: no mean of ${lifetime?.kind ?? 'no lifetime'} here`);
}
