import { z } from 'zod';
import { MAX_CLASSES, MAX_TASKS } from '../limits.ts';
import { positiveDurationQuantity } from '../quantities/duration.ts';
import { arrivalsSchema } from './arrivals.ts';
import { classClaimShape } from './claim.ts';
import { demandShape, NEEDED_OF_DEMAND } from './demand.ts';
import { distributionSchema } from './distribution.ts';
import { workersShape } from './layout.ts';
import {
  filePath,
  finiteNumber,
  identifier,
  list,
  orNone,
  quantity,
  section,
  wholeNumber,
} from './leaves.ts';
import { serviceSchema } from './services.ts';
import { sessionGroupSchema } from './sessions.ts';
import { traceSchema } from './trace.ts';

const MOST_SERVICES = 1000;

const classSchema = section(
  {
    name: identifier('Name of the class.'),
    weight: finiteNumber(0, 1e12, 'Relative frequency among the classes. Default 1.').optional(),
    ...demandShape('a task', 0),
    ...workersShape(),
    ...classClaimShape(),
    lifetime: z
      .union([identifier('Name of one of the lifetimes.'), distributionSchema], {
        error: 'must be the name of one of the lifetimes, or a distribution',
      })
      .optional()
      .meta({
        description:
          'How long a task runs: the name of one of the lifetimes, or a distribution. Needed unless the experiment fills the fleet.',
      }),
    deadline: z
      .union(
        [
          quantity(positiveDurationQuantity, 'So long after its arrival.'),
          section(
            { factor: finiteNumber(0, 1e6, 'So many times its lifetime after its arrival.', true) },
            'In proportion to its lifetime.',
          ),
        ],
        { error: 'must be a duration above 0 like "4h", or a mapping with the key factor' },
      )
      .optional()
      .meta({
        description:
          'By when a task should have ended: a time after its arrival, or a multiple of its lifetime. It is measured, and nothing is scheduled by it.',
      }),
  },
  'A task shape with its share of the arrivals.',
).meta(NEEDED_OF_DEMAND);

const syntheticSchema = section(
  {
    tasks: wholeNumber(1, MAX_TASKS, 'Number of tasks.').optional(),
    until: quantity(positiveDurationQuantity, 'Tasks arrive up to this time.').optional(),
    arrivals: arrivalsSchema.optional().meta({
      description:
        'When tasks arrive. Needed unless the experiment fills the fleet, where only their order counts.',
    }),
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
    trace: traceSchema.optional(),
    typical: orNone(
      filePath(
        "Task list (in the trace's format) whose mix the fgd policy expects. Default: the workload's own mix.",
      ),
    ),
    synthetic: syntheticSchema.optional(),
    services: list(
      serviceSchema,
      'services',
      1,
      MOST_SERVICES,
      'Replicated servers with requests.',
    ).optional(),
    sessions: list(
      sessionGroupSchema,
      'session groups',
      1,
      MOST_SERVICES,
      'Groups of users with desktops, games or previews.',
    ).optional(),
  },
  'The work: at least one of trace, synthetic, services and sessions.',
).meta({
  anyOf: [
    { required: ['trace'] },
    { required: ['synthetic'] },
    { required: ['services'] },
    { required: ['sessions'] },
  ],
});
