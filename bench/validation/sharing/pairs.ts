import { SHARING_PARAMETERS } from '../../../sim/sharing/index.ts';
import type { CsvRow } from './files.ts';
import { tenantsOn } from './product.ts';
import type { Section } from './table.ts';

const CONSTANT = 'mps.interference-training';

/**
 * What two training jobs do together on one V100 under MPS, as a multiple of what one does alone (Gavel), beside what
 * the mode says with its low, typical and high interference. The range was taken from these very pairs, so that this
 * shows how well one number with a range stands for them, and is no prediction.
 */
export function pairSection(rows: readonly CsvRow[]): Section {
  const sums = rows
    .filter((row) => row.worker_type === 'v100' && row.scale_factor === '1' && Number(row.together_a) > 0)
    .map((row) => Number(row.together_a) / Number(row.alone_a) + Number(row.together_b) / Number(row.alone_b))
    .sort((a, b) => a - b);
  const quantile = (p: number) => sums[Math.round(p * (sums.length - 1))] as number;
  const job = (compute: number) => ({ slot: { memory: '6GiB' }, use: { workload: 'training', compute } });
  const parameter = (compute: number, constant?: number) => {
    const { speeds } = tenantsOn(
      'V100-16GB',
      { mode: 'mps' },
      [job(compute), job(compute)],
      constant === undefined ? {} : { [CONSTANT]: constant },
    );
    return speeds.reduce((total, speed) => total + speed, 0);
  };
  const range = SHARING_PARAMETERS.find(({ id }) => id === CONSTANT);
  const low = parameter(0.5, range?.high);
  const high = parameter(0.5, range?.low);
  const inside = sums.filter((sum) => sum >= low && sum <= high).length / sums.length;
  return {
    title: `Pairs of training jobs on one V100 under MPS (Gavel): ${sums.length} pairs that run`,
    about:
      'Work of the pair over that of one job alone. Jobs that use half of the SMs each leave the pair to the interference constant; jobs that use all of them divide the card and cannot do more than one job alone.',
    rows: [
      { name: 'high interference, against the 5 % quantile', ours: low, published: quantile(0.05) },
      { name: 'typical interference, against the median', ours: parameter(0.5), published: quantile(0.5) },
      { name: 'low interference, against the 95 % quantile', ours: high, published: quantile(0.95) },
      { name: 'part of the pairs within the range', ours: inside, published: 0.9 },
      {
        name: 'typical, jobs that state no need of SMs (all of them)',
        ours: parameter(1),
        published: quantile(0.5),
        note: 'the default use is the whole card',
      },
    ],
  };
}
