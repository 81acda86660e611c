import { z } from 'zod';
import { MAX_TASKS } from '../limits.ts';
import { TRACE_FORMAT_NAMES } from '../names.ts';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { rateQuantity } from '../quantities/rate.ts';
import { modelName } from './fleet.ts';
import {
  filePath,
  finiteNumber,
  flag,
  line,
  oneOf,
  orNone,
  quantity,
  section,
  wholeNumber,
} from './leaves.ts';

/** Formats of recorded jobs that need nothing but the file. */
const PLAIN_FORMATS = ['philly', 'philly-subset', 'itp'] as const;

const LARGEST_SCALE = 1e6;
const MOST_CORES_A_GPU = 1_000_000;
/** Clocks of the world are at most 14 hours off UTC. */
const MOST_MINUTES_OFF = 14 * 60;
const MOST_SHARDS = 1000;

const format = <const Names extends readonly [string, ...string[]]>(...names: Names) =>
  z.literal(names).meta({ description: 'Format of the file.' });

const strict = flag(
  'Refuse a file with any bad row instead of leaving the row out. Default false.',
).optional();

/** What every file of recorded jobs may be given. */
const ofJobs = {
  jobs: filePath('Job list, relative to the scenario.'),
  strict,
  from: orNone(
    quantity(durationQuantity, 'Leave out jobs submitted before, counted from the first. Default: none.'),
  ),
  until: orNone(
    quantity(
      positiveDurationQuantity,
      'Leave out jobs submitted at this time or later, counted from the first. Default: none.',
    ),
  ),
  limit: orNone(
    wholeNumber(1, MAX_TASKS, 'Take so many jobs at most, in order of submission. Default: all.'),
  ),
  arrivalScale: finiteNumber(
    0,
    LARGEST_SCALE,
    'Factor of the time between submissions: 0.5 doubles the load, 0 submits all at once. Default 1.',
  ).optional(),
};

const throughputs = orNone(
  filePath(
    'Measured throughputs (simulation_throughputs.json), which turn steps into time and say how fast each kind of job runs on each GPU model.',
  ),
);

const modelsByName = (description: string) =>
  z
    .record(line(64, 'Name in the file.'), modelName('GPU model of the fleet.'), {
      error: 'must be a mapping of names in the file to GPU models',
    })
    .optional()
    .meta({ description });

export const traceSchema = z
  .discriminatedUnion(
    'format',
    [
      section(
        {
          format: format(...TRACE_FORMAT_NAMES),
          pods: filePath('Task list, relative to the scenario.'),
          strict,
        },
        'Tasks read from a trace.',
      ),
      section({ format: format(...PLAIN_FORMATS), ...ofJobs }, 'Recorded jobs.'),
      section({ format: format('gavel'), ...ofJobs, throughputs }, 'Jobs of a Gavel trace: work in steps.'),
      section(
        {
          format: format('gavel-continuous'),
          ...ofJobs,
          rate: quantity(rateQuantity, 'Mean arrivals: the file counts time in mean gaps.'),
          throughputs,
        },
        'Synthetic arrivals of Gavel, at any rate.',
      ),
      section(
        {
          format: format('muri'),
          ...ofJobs,
          timeUnit: oneOf(['ms', 's'], 'Unit of submit_time and duration. Default ms.').optional(),
        },
        'Jobs of the Muri and Tiresias simulators.',
      ),
      section(
        {
          format: format('swf'),
          ...ofJobs,
          processorsAre: oneOf(
            ['gpus', 'cores'],
            "What the format's processors are. Default gpus.",
          ).optional(),
          processorsPerGpu: orNone(
            wholeNumber(
              1,
              MOST_CORES_A_GPU,
              'Where they are cores: a job has a GPU for every so many. Default: none.',
            ),
          ),
        },
        'Jobs in the Standard Workload Format.',
      ),
      section(
        {
          format: format('sacct'),
          ...ofJobs,
          utcOffsetMinutes: wholeNumber(
            -MOST_MINUTES_OFF,
            MOST_MINUTES_OFF,
            'Minutes by which the clock that wrote the times is ahead of UTC. Default 0.',
          ).optional(),
          amounts: oneOf(
            ['allocated', 'requested'],
            'What a job asks for: what it was allocated, where it ever was, or what it requested. Default allocated.',
          ).optional(),
          shardsPerGpu: orNone(
            wholeNumber(
              1,
              MOST_SHARDS,
              'Parts that gres/shard cuts a GPU into. Default: jobs with shards are bad rows.',
            ),
          ),
          gpuTypes: modelsByName("GPU models by the file's names of GPU types, where those say too little."),
        },
        'Jobs of the accounting of Slurm.',
      ),
      section(
        {
          format: format('kubernetes'),
          ...ofJobs,
          onlyGpu: flag('Take only pods that ask for GPUs. Default false.').optional(),
          gpuProducts: modelsByName(
            "GPU models by the cluster's product labels, where the catalogue does not know those.",
          ),
        },
        'Pods of a Kubernetes cluster.',
      ),
    ],
    { error: `must be a trace with a format` },
  )
  .meta({ description: 'Tasks read from a trace.' });

export type TraceDocument = z.infer<typeof traceSchema>;
