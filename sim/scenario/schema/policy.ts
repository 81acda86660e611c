import { PLACEMENT_POLICY_NAMES } from '../../policies/placement/names.ts';
import { QUEUEING_POLICY_NAMES } from '../../policies/queueing/names.ts';
import { MAX_GPUS_PER_HOST } from '../limits.ts';
import { TIE_BREAK_NAMES } from '../names.ts';
import { hostCpuQuantity } from '../quantities/cpu.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import { oneOf, orNone, quantityOrNumber, section, wholeNumber } from './leaves.ts';

export const policySchema = section(
  {
    placement: oneOf(PLACEMENT_POLICY_NAMES, 'Where a task goes. Default best-fit.').optional(),
    tieBreak: oneOf(
      TIE_BREAK_NAMES,
      'What settles equal scores. Default auto: shuffled where a fill experiment shuffles its tasks, else host-order.',
    ).optional(),
    queueing: oneOf(QUEUEING_POLICY_NAMES, 'Who is next. Default fifo.').optional(),
    typicalShare: quantityOrNumber(
      shareQuantity,
      'The fgd policy expects the most frequent task shapes that together cover this share of the mix. Default 95%.',
    ).optional(),
    referenceHost: orNone(
      section(
        {
          cpu: quantityOrNumber(hostCpuQuantity, 'CPU cores; a bare number is cores.'),
          gpus: wholeNumber(1, MAX_GPUS_PER_HOST, 'Number of GPUs.'),
        },
        'Host size that policies divide CPU and GPU by before they compare them. Default: the largest of the fleet.',
      ),
    ),
  },
  'Who runs next, and where.',
);
