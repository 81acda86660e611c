import { overheadDefault } from '../../../hardware/index.ts';
import type { Parameter } from '../../parameters.ts';
import { MIG_TABLE_CLASSES } from '../../speed/mig-speeds.ts';

const TABLE_SOURCES = {
  training: 'MG-T1 to MG-T4: 8 models, A100 40GB (MISO)',
  'inference-saturated': 'MG-P1-sat to MG-P4-sat: 11 models, A100 80GB (ParvaGPU)',
  'inference-latency': 'MG-P1-1 to MG-P4-1: 11 models at batch 1, A100 80GB (ParvaGPU)',
} as const;

/**
 * Figures of running on GPU instances, for `mig` and for `mig-vgpu`.
 *
 * Creating takes 0.16 / 0.13 s for 1g / 2g on A30 and 0.16 / 0.17 / 0.20 / 0.21 / 0.24 s for 1g / 2g / 3g / 4g / 7g on
 * A100; destroying 0.10 / 0.11 s and 0.20 to 0.22 s (`measuredDurations` of the MIG tables). One step cannot know the
 * size of the instance, so low and high are those of the smallest and the largest figure.
 */
export function instanceFigures(mode: 'mig' | 'mig-vgpu'): Parameter[] {
  const neighbours = overheadDefault('mig', 'slowdown from neighbours');
  const operator = overheadDefault('mig', 'reconfigure with pod drain, seconds');
  return [
    {
      id: `${mode}.neighbour-slowdown`,
      what: 'speed lost while tenants of another instance of the card are active',
      unit: 'fraction',
      low: neighbours.low as number,
      typical: neighbours.typical as number,
      high: neighbours.high as number,
      min: 0,
      max: 0.5,
      source: neighbours.basedOn.join(', '),
      evidence: neighbours.confidence,
    },
    ...MIG_TABLE_CLASSES.map(
      (workload): Parameter => ({
        id: `${mode}.${workload}-position`,
        what: `where ${workload} jobs stand among the measured models by speed on small profiles: 0 slowest, 0.5 median, 1 fastest`,
        unit: 'fraction',
        low: 0,
        typical: 0.5,
        high: 1,
        min: 0,
        max: 1,
        source: TABLE_SOURCES[workload],
        evidence: 'measured',
      }),
    ),
    {
      id: `${mode}.create`,
      what: 'creating a GPU instance with its compute instance',
      unit: 'seconds',
      low: 0.13,
      typical: 0.16,
      high: 0.24,
      min: 0,
      max: 600,
      source: 'MG-4 (A30) and the table of RL_MIG_scheduler (A100), by size 0.13 to 0.24 s',
      evidence: 'measured',
    },
    {
      id: `${mode}.destroy`,
      what: 'destroying a GPU instance',
      unit: 'seconds',
      low: 0.1,
      typical: 0.2,
      high: 1,
      min: 0,
      max: 600,
      source: 'MG-4 (A30 0.10-0.11 s), RL_MIG_scheduler (A100 0.20-0.22 s), about 1 s in a DRA driver',
      evidence: 'measured',
    },
    {
      id: `${mode}.reset`,
      what: 'resetting the GPU, which turning MIG on or off takes on A100 and A30',
      unit: 'seconds',
      low: 1,
      typical: 5,
      high: 30,
      min: 0,
      max: 3600,
      source: 'no published figure found',
      evidence: 'unverified',
    },
    {
      id: `${mode}.reconfigure`,
      what: 'replacing the layout of an idle GPU on the host',
      unit: 'seconds',
      low: 0.7,
      typical: 6,
      high: 10,
      min: 0,
      max: 3600,
      source: 'MIGRator, arXiv 2407.13126: about 6 s; MG-5: 0.7 s assumed by a scheduler; high end inferred',
      evidence: 'inferred',
    },
    {
      id: `${mode}.scheduler-assumed`,
      what: 'what schedulers in the literature take for a repartition',
      unit: 'seconds',
      low: 0.7,
      typical: 0.7,
      high: 0.7,
      min: 0,
      max: 600,
      source: 'MG-5',
      evidence: 'code',
    },
    {
      id: `${mode}.checkpoint-reconfigure`,
      what: 'checkpoint, repartition and resume of a training job',
      unit: 'seconds',
      low: 30,
      typical: 30,
      high: 30,
      min: 0,
      max: 3600,
      source: 'MG-6',
      evidence: 'code',
    },
    {
      id: `${mode}.operator`,
      what: 'repartition through the Kubernetes GPU operator, which drains the pods and restarts the plugin',
      unit: 'seconds',
      low: operator.low as number,
      typical: operator.typical as number,
      high: operator.high as number,
      min: 0,
      max: 3600,
      source: operator.basedOn.join(', '),
      evidence: operator.confidence,
    },
  ];
}
