import { z } from 'zod';
import { WORKLOAD_CLASSES } from '../../sharing/index.ts';
import { MAX_GPUS_PER_HOST } from '../limits.ts';
import { byteRateQuantity } from '../quantities/byte-rate.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { gpuShareQuantity } from '../quantities/gpu-share.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { callRateQuantity } from '../quantities/rate.ts';
import { multipleQuantity, partQuantity, shareOrZeroQuantity, shareQuantity } from '../quantities/ratio.ts';
import { modelName } from './fleet.ts';
import { line, list, oneOf, orNone, quantity, quantityOrNumber, section, wholeNumber } from './leaves.ts';

const MOST_SLOTS = 64;
const MOST_PROCESSES = 1024;

/** Which part of a card; `checks/demand.ts` has what goes together. */
const slotSchema = z
  .union(
    [
      section(
        {
          memory: quantity(memoryQuantity, 'Memory that the part has at least. Default: any.').optional(),
          compute: quantityOrNumber(
            gpuShareQuantity,
            'Share of the compute that the part has at least. Default: any.',
          ).optional(),
          profile: line(
            40,
            'Name of the part: a MIG profile (2g.20gb), a vGPU type (A16-2B), a GVT-g type.',
          ).optional(),
          count: wholeNumber(1, MOST_SLOTS, 'Parts of that profile on the same card. Default 1.').optional(),
        },
        'A part of a card: by size (memory, compute) or by profile.',
      ).meta({
        oneOf: [{ required: ['profile'] }, { anyOf: [{ required: ['memory'] }, { required: ['compute'] }] }],
      }),
      z.literal('whole', { error: 'must be whole, or a part such as {memory: 10GiB} or {profile: 2g.20gb}' }),
    ],
    { error: 'must be whole, or a part such as {memory: 10GiB} or {profile: 2g.20gb}' },
  )
  .meta({
    description:
      'Part of each GPU, in place of gpu: whole, the smallest part of a size, or a part by its name. Default: the share of compute and memory that gpu says.',
  });

const useSchema = section(
  {
    workload: oneOf(
      WORKLOAD_CLASSES,
      'Kind of work, which overheads and speed tables tell apart. Default generic.',
    ).optional(),
    busy: quantityOrNumber(
      shareQuantity,
      'Part of the time with any work on the GPU. Default 100%.',
    ).optional(),
    compute: quantityOrNumber(
      shareQuantity,
      "Part of the GPU's compute units, over time; at most busy. Default: busy.",
    ).optional(),
    bandwidth: quantityOrNumber(
      shareOrZeroQuantity,
      "Part of the GPU's memory bandwidth. Default: as compute.",
    ).optional(),
    memory: orNone(
      quantity(
        memoryQuantity,
        'GPU memory that it allocates once it runs. Default: what its slot has, none for a whole card.',
      ),
    ),
    link: quantity(
      byteRateQuantity,
      'Data between host and GPU, both directions together. Default 0B/s.',
    ).optional(),
    processes: wholeNumber(1, MOST_PROCESSES, 'Processes with GPU work of their own. Default 1.').optional(),
    syncCalls: quantity(
      callRateQuantity,
      'GPU calls that wait for an answer, which a network in between makes slower. Default 0/s.',
    ).optional(),
    speedByProfile: orNone(
      z
        .record(
          line(40, 'A MIG profile: 1g.5gb, or 1g on any card.'),
          quantityOrNumber(shareQuantity, 'Speed there relative to the whole card.').nullable(),
          { error: 'must be a mapping of MIG profiles to shares, null where the job does not run' },
        )
        .meta({
          description:
            'Measured speed by MIG profile, null where it does not run. Default: the table of the kind of work.',
        }),
    ),
  },
  'What a job uses of one GPU when it has it for itself and runs at full speed. Counts on GPUs that a mode shares.',
);

/**
 * The keys of everything that asks for room on a host: task classes, services and session groups.
 *
 * @param fewestGpus GPUs that it has at least, which is also the default
 */
export function demandShape(what: string, fewestGpus: 0 | 1) {
  return {
    cpu: quantityOrNumber(
      cpuQuantity,
      `CPU cores of ${what}; a bare number is cores. Needed unless a preset says it.`,
    ).optional(),
    memory: quantity(
      memoryQuantity,
      `Main memory of ${what}, kept in whole MiB. Needed unless a preset says it.`,
    ).optional(),
    gpus: wholeNumber(
      fewestGpus,
      MAX_GPUS_PER_HOST,
      `Number of GPUs of ${what} (of each worker, where it has several), all in one host. Default ${fewestGpus}.`,
    ).optional(),
    gpu: quantityOrNumber(
      gpuShareQuantity,
      'Share of each of its GPUs (compute and memory). Default 1GPU where gpus is at least 1.',
    ).optional(),
    slot: slotSchema.optional(),
    models: list(
      modelName('A GPU model of the fleet.'),
      'GPU models',
      0,
      100,
      'GPU models the task accepts; an empty list accepts any. Default: any.',
    ).optional(),
    preset: line(
      64,
      'A preset of the product, whose figures stand wherever this document says nothing.',
    ).optional(),
    reference: orNone(
      modelName(
        'GPU on which its work and use were measured, by any name of the catalogue. Default: whichever it runs on, so that all models are equally fast.',
      ),
    ),
    use: useSchema.optional(),
    speedByModel: z
      .record(
        modelName('A GPU model of the fleet, or a GPU by a name of the catalogue.'),
        quantityOrNumber(multipleQuantity, 'Speed there relative to the reference.'),
        { error: 'must be a mapping of GPU models to speeds' },
      )
      .optional()
      .meta({
        description:
          'Measured speed by GPU model, in place of the estimate from the catalogue. Default: none.',
      }),
    communication: quantityOrNumber(
      partQuantity,
      'Part of the time that a job on several GPUs exchanges data between them when NVLink joins them. Default 0.',
    ).optional(),
    lifecycle: orNone(
      line(
        64,
        "Name of the mode's way to start and stop it, such as host or operator. Default: nothing takes time.",
      ),
    ),
  };
}

/** What a mapping with `demandShape` needs, for the JSON Schema: a preset, or the keys that it would say. */
export const NEEDED_OF_DEMAND = {
  anyOf: [{ required: ['cpu', 'memory'] }, { required: ['preset'] }],
};

/** What `demandShape` reads. */
export type DemandDocument = z.infer<z.ZodObject<ReturnType<typeof demandShape>>>;
export type SlotDocument = NonNullable<DemandDocument['slot']>;
export type UseDocument = NonNullable<DemandDocument['use']>;
