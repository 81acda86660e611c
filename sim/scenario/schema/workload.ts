import { z } from 'zod';
import { MAX_CLASSES, MAX_GPUS_PER_HOST, MAX_TASKS } from '../limits.ts';
import { TRACE_FORMAT_NAMES } from '../names.ts';
import { cpuQuantity } from '../quantities/cpu.ts';
import { positiveDurationQuantity } from '../quantities/duration.ts';
import { gpuShareQuantity } from '../quantities/gpu-share.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { rateQuantity } from '../quantities/rate.ts';
import { distributionSchema } from './distribution.ts';
import { modelName } from './fleet.ts';
import {
  filePath,
  finiteNumber,
  flag,
  identifier,
  list,
  oneOf,
  orNone,
  quantity,
  quantityOrNumber,
  section,
  wholeNumber,
} from './leaves.ts';

const weightsOver = (count: number, noun: string, description: string) =>
  orNone(list(finiteNumber(0, 1e12, 'Relative weight.'), noun, count, count, description));

const rate = quantity(rateQuantity, 'Mean arrival rate.');

const arrivalsSchema = z
  .discriminatedUnion(
    'process',
    [
      section(
        {
          process: z.literal('poisson').meta({ description: 'Independent arrivals.' }),
          rate,
          hourOfDay: weightsOver(
            24,
            'weights, one an hour',
            'Relative rate in each hour of the day, scaled to mean 1. The run starts at hour 0. Default: flat.',
          ),
          dayOfWeek: weightsOver(
            7,
            'weights, one a day',
            'Relative rate on each day of the week, scaled to mean 1. The run starts on day 0. Default: flat.',
          ),
        },
        'Poisson arrivals, at a rate that may vary over the day and the week.',
      ),
      section(
        { process: z.literal('deterministic').meta({ description: 'Evenly spaced arrivals.' }), rate },
        'Evenly spaced arrivals.',
      ),
      section(
        {
          process: z.literal('renewal').meta({ description: 'Independent gaps from one distribution.' }),
          interarrival: distributionSchema.meta({ description: 'Distribution of the gaps.' }),
        },
        'Arrivals whose gaps are independent draws from one distribution.',
      ),
    ],
    { error: 'must be arrivals with a process: one of poisson, deterministic, renewal' },
  )
  .meta({
    description:
      'When tasks arrive. Needed unless the experiment fills the fleet, where only their order counts.',
  });

const classSchema = section(
  {
    name: identifier('Name of the class.'),
    weight: finiteNumber(0, 1e12, 'Relative frequency among the classes. Default 1.').optional(),
    cpu: quantityOrNumber(cpuQuantity, 'CPU cores of a task; a bare number is cores.'),
    memory: quantity(memoryQuantity, 'Main memory of a task, kept in whole MiB.'),
    gpus: wholeNumber(
      0,
      MAX_GPUS_PER_HOST,
      'Number of GPUs of a task, all in one host. Default 0.',
    ).optional(),
    gpu: quantityOrNumber(
      gpuShareQuantity,
      'Share of each of its GPUs (compute and memory). Default 1GPU where gpus is at least 1.',
    ).optional(),
    models: list(
      modelName('A GPU model of the fleet.'),
      'GPU models',
      0,
      100,
      'GPU models the task accepts; an empty list accepts any. Default: any.',
    ).optional(),
    lifetime: z
      .union([identifier('Name of one of the lifetimes.'), distributionSchema], {
        error: 'must be the name of one of the lifetimes, or a distribution',
      })
      .optional()
      .meta({
        description:
          'How long a task runs: the name of one of the lifetimes, or a distribution. Needed unless the experiment fills the fleet.',
      }),
  },
  'A task shape with its share of the arrivals.',
);

const syntheticSchema = section(
  {
    tasks: wholeNumber(1, MAX_TASKS, 'Number of tasks.').optional(),
    until: quantity(positiveDurationQuantity, 'Tasks arrive up to this time.').optional(),
    arrivals: arrivalsSchema.optional(),
    lifetimes: z
      .record(identifier('Name of the lifetime.'), distributionSchema, {
        error: 'must be a mapping of names to distributions',
      })
      .optional()
      .meta({ description: 'Named distributions of task lifetimes, for classes to share.' }),
    classes: list(classSchema, 'task classes', 1, MAX_CLASSES, 'Task shapes with weights, not all 0.'),
  },
  'Generated tasks: exactly one of tasks and until.',
).meta({ oneOf: [{ required: ['tasks'] }, { required: ['until'] }] });

export const workloadSchema = section(
  {
    trace: section(
      {
        format: oneOf(TRACE_FORMAT_NAMES, 'Format of the file.'),
        pods: filePath('Task list, relative to the scenario.'),
        strict: flag(
          'Refuse a file with any bad row instead of leaving the row out. Default false.',
        ).optional(),
      },
      'Tasks read from a trace.',
    ).optional(),
    typical: orNone(
      filePath(
        "Task list (in the trace's format) whose mix the fgd policy expects. Default: the workload's own mix.",
      ),
    ),
    synthetic: syntheticSchema.optional(),
  },
  'The tasks: a trace, generated ones, or both.',
).meta({ anyOf: [{ required: ['trace'] }, { required: ['synthetic'] }] });
