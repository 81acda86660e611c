import { z } from 'zod';
import { MAX_GPUS_PER_HOST, MAX_HOST_GROUPS, MAX_HOSTS } from '../limits.ts';
import { TRACE_FORMAT_NAMES } from '../names.ts';
import { positiveByteRateQuantity } from '../quantities/byte-rate.ts';
import { hostCpuQuantity } from '../quantities/cpu.ts';
import { hostMemoryQuantity } from '../quantities/memory.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import {
  filePath,
  finiteNumber,
  flag,
  identifier,
  line,
  list,
  oneOf,
  orNone,
  quantity,
  quantityOrNumber,
  section,
  wholeNumber,
} from './leaves.ts';
import { sharingSchema } from './sharing.ts';

export const modelName = (description: string) => line(64, description);

const LANE_COUNTS = [1, 2, 4, 8, 16] as const;
const NEWEST_PCIE = 6;
const MOST_NUMA_DOMAINS = 64;
const MOST_GPUS_PER_ISLAND = 4096;
const KEPT_HOSTS = `a number of hosts from 1 to ${MAX_HOSTS}, or a part of them such as "5%"`;

const pcie = section(
  {
    lanes: orNone(
      z.literal(LANE_COUNTS, { error: `must be one of ${LANE_COUNTS.join(', ')}` }).meta({
        description: "Lanes of each GPU's slot: 8 where a x16 slot is split. Default: the GPU's own.",
      }),
    ),
    gen: orNone(
      wholeNumber(
        1,
        NEWEST_PCIE,
        "Generation of the slot, where it is older than the GPU. Default: the GPU's own.",
      ),
    ),
  },
  'The slot of each GPU.',
);

const gpuGroup = section(
  {
    model: modelName('GPU model, as tasks ask for it.'),
    count: wholeNumber(1, MAX_GPUS_PER_HOST, 'GPUs of this model in each host.'),
    pcie: orNone(pcie),
    nvlink: orNone(
      flag(
        "Whether NVLink (or the vendor's like) joins the GPUs of the host. Default: as the catalogue says of the model.",
      ),
    ),
    memory: orNone(
      quantity(
        hostMemoryQuantity,
        "Memory that programs can see, for models that the catalogue does not have. Default: the catalogue's.",
      ),
    ),
  },
  'GPUs of one model in each host of the group.',
);

const hostGroup = section(
  {
    name: identifier(
      'Name of the group. A single host takes it as it is, more are numbered: g2-0000, g2-0001.',
    ),
    count: wholeNumber(0, MAX_HOSTS, 'Number of equal hosts; 0: none of them. Default 1.').optional(),
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
    sharing: orNone(sharingSchema),
    numa: wholeNumber(
      1,
      MOST_NUMA_DOMAINS,
      'NUMA domains that cores and GPUs are split into evenly. Default 1.',
    ).optional(),
    uplink: orNone(
      quantity(
        positiveByteRateQuantity,
        'Data that all GPUs of a host together can move to and from it. Default: each has its own link.',
      ),
    ),
    rack: z
      .union(
        [
          wholeNumber(1, MAX_HOSTS, 'Hosts of a rack; the racks are the own of the group.'),
          identifier('Name of the rack of all its hosts.'),
          list(
            identifier('Name of a rack.'),
            'names of racks',
            1,
            MAX_HOSTS,
            'Racks that its hosts fill in order.',
          ),
        ],
        { error: 'must be a number of hosts, the name of a rack, or a list of names' },
      )
      .nullable()
      .optional()
      .meta({
        description:
          'Racks of its hosts: how many hosts each has, the name of one, or names over which the hosts are divided evenly in order. Groups may share a rack by its name. Default: not known; each host counts as a rack.',
      }),
    nvlinkIsland: orNone(
      wholeNumber(
        1,
        MOST_GPUS_PER_ISLAND,
        'GPUs that NVLink joins: a part of those of a host, or those of several hosts in order. Default: all of a host.',
      ),
    ),
    nic: orNone(
      quantity(
        positiveByteRateQuantity,
        'Data that a host can exchange with other hosts, in each direction. Default: as fast as the links of its GPUs.',
      ),
    ),
    oversubscription: finiteNumber(
      1,
      1000,
      'How many times what the NICs of a rack can send is of what leaves the rack. Default 1.',
    ).optional(),
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
        keep: orNone(
          z
            .union(
              [
                wholeNumber(1, MAX_HOSTS, 'Hosts that are kept.'),
                quantity(shareQuantity, 'Part of the hosts that is kept.'),
              ],
              { error: `must be ${KEPT_HOSTS}` },
            )
            .meta({
              description:
                'Hosts that are kept, or their part of all ("5%"), so that recorded jobs meet a smaller fleet: of each kind (GPU model and size) its part, evenly along the file, and one at least of each GPU model that jobs name. Default: all.',
            }),
        ),
      },
      'A fleet read from a trace.',
    ).optional(),
  },
  'The machines: exactly one of hosts and trace.',
).meta({ oneOf: [{ required: ['hosts'] }, { required: ['trace'] }] });
