import { z } from 'zod';
import { MAX_GPUS_PER_HOST, MAX_HOST_GROUPS, MAX_HOSTS } from '../limits.ts';
import { TRACE_FORMAT_NAMES } from '../names.ts';
import { hostCpuQuantity } from '../quantities/cpu.ts';
import { hostMemoryQuantity } from '../quantities/memory.ts';
import {
  filePath,
  flag,
  identifier,
  line,
  list,
  oneOf,
  quantity,
  quantityOrNumber,
  section,
  wholeNumber,
} from './leaves.ts';

export const modelName = (description: string) => line(64, description);

const gpuGroup = section(
  {
    model: modelName('GPU model, as tasks ask for it.'),
    count: wholeNumber(1, MAX_GPUS_PER_HOST, 'GPUs of this model in each host.'),
  },
  'GPUs of one model in each host of the group.',
);

const hostGroup = section(
  {
    name: identifier(
      'Name of the group. A single host takes it as it is, more are numbered: g2-0000, g2-0001.',
    ),
    count: wholeNumber(1, MAX_HOSTS, 'Number of equal hosts. Default 1.').optional(),
    cpu: quantityOrNumber(hostCpuQuantity, 'CPU cores of each host; a bare number is cores.'),
    memory: quantity(hostMemoryQuantity, 'Main memory of each host, kept in whole MiB.'),
    gpus: z
      .union(
        [
          gpuGroup,
          list(gpuGroup, 'GPU groups', 0, MAX_GPUS_PER_HOST, 'GPUs by model, in the order of their indices.'),
        ],
        {
          error: 'must be {model, count} or a list of these',
        },
      )
      .optional()
      .meta({ description: 'GPUs of each host: one model, or a list for mixed hosts. Default: none.' }),
  },
  'A group of equal hosts.',
);

export const fleetSchema = section(
  {
    hosts: list(
      hostGroup,
      'host groups',
      1,
      MAX_HOST_GROUPS,
      'The fleet, group by group; hosts keep this order.',
    ).optional(),
    trace: section(
      {
        format: oneOf(TRACE_FORMAT_NAMES, 'Format of the file.'),
        nodes: filePath('Node list, relative to the scenario.'),
        strict: flag(
          'Refuse a file with any bad row instead of leaving the row out. Default false.',
        ).optional(),
      },
      'A fleet read from a trace.',
    ).optional(),
  },
  'The machines: exactly one of hosts and trace.',
).meta({ oneOf: [{ required: ['hosts'] }, { required: ['trace'] }] });
