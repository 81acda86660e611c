import { z } from 'zod';
import { UNIT_KINDS, UNIT_MEANING } from '../../faults/names.ts';
import { MAX_CHANGES, MAX_GPUS_PER_HOST, MAX_HOST_GROUPS, MAX_HOSTS } from '../limits.ts';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { distributionSchema } from './distribution.ts';
import { flag, identifier, line, list, oneOf, orNone, quantity, section, wholeNumber } from './leaves.ts';

const host = line(128, 'A host group, or a host by its name: train-003.');

const hostList = (description: string) =>
  z
    .union([host, list(host, 'host groups or hosts', 1, MAX_HOST_GROUPS, description)], {
      error: 'must be a host group, a host, or a list of these',
    })
    .meta({ description });

const logged = section(
  {
    at: quantity(durationQuantity, 'Time from the start.'),
    host: line(128, 'The host by its name; of a rack or a licence server, its name.'),
    gpu: wholeNumber(0, MAX_GPUS_PER_HOST - 1, 'Index of the GPU in the host; only for kind gpu.').optional(),
    for: quantity(positiveDurationQuantity, 'Time that mending it takes.'),
  },
  'A failure that was recorded.',
);

const failures = section(
  {
    kind: oneOf(
      UNIT_KINDS,
      `What breaks down: ${UNIT_KINDS.map((kind) => `${kind} (${UNIT_MEANING[kind]})`).join('; ')}.`,
    ),
    hosts: hostList(
      'On which hosts; not for racks and licence servers. Default: all (of kind gpu and nvlink those that have them).',
    ).optional(),
    count: wholeNumber(1, 64, 'Licence servers that stand in for each other. Default 1.').optional(),
    between: orNone(distributionSchema).meta({
      description: 'Time from working to breaking down, of each unit. This, or log.',
    }),
    repair: orNone(distributionSchema).meta({ description: 'Time to mend a unit. Needed with between.' }),
    log: orNone(list(logged, 'failures', 1, MAX_CHANGES, 'Recorded failures in place of drawn ones.')),
    crew: flag('Whether a repair crew has to mend it; else it mends itself. Default true.').optional(),
  },
  'Units of one kind that break down.',
);

const rack = section(
  { name: identifier('Name of the rack.'), hosts: hostList('Its hosts.') },
  'Hosts that fail together.',
);

const window = section(
  {
    at: quantity(durationQuantity, 'Begin of the window, from the start of the run.'),
    for: quantity(positiveDurationQuantity, 'Length of the window.'),
    every: orNone(
      quantity(
        positiveDurationQuantity,
        'Time after which it comes again, until the horizon. Default: once.',
      ),
    ),
    drain: quantity(
      durationQuantity,
      'For so long before the window its hosts take nobody in. Default 0s.',
    ).optional(),
    hosts: hostList('The hosts that are closed.'),
    running: oneOf(
      ['wait', 'migrate', 'stop'],
      'Jobs on the hosts when these begin to be drained: go on until the window, migrate where their mode can, or save their state and wait for another place (who cannot save goes on). Who is there when the window begins is ended as by a fault. Default wait.',
    ).optional(),
    migrate: orNone(line(64, 'Name of the way to migrate of the mode. Needed where running is migrate.')),
  },
  'A planned time in which hosts are closed.',
);

const spare = section(
  {
    hosts: hostList('Hosts of which some stand by.'),
    standby: wholeNumber(
      0,
      MAX_HOSTS,
      'How many of them, the last ones, stand by at the start. They do not fail.',
    ),
    switchOver: quantity(
      durationQuantity,
      'Time from a failure until a host that stood by takes jobs. Default 0s.',
    ).optional(),
  },
  'Spare capacity (N + k): when a host is down, one that stands by takes its place.',
);

export const faultsSchema = section(
  {
    failures: list(failures, 'kinds of failures', 0, 1000, 'What breaks down. Default: nothing.').optional(),
    process: orNone(distributionSchema).meta({
      description:
        'Run time of a job with GPUs until its own process fails. Who else ends with it is up to the mode. Default: never.',
    }),
    racks: list(rack, 'racks', 0, MAX_HOST_GROUPS, 'Racks. Default: none.').optional(),
    crews: orNone(wholeNumber(1, 1_000_000, 'Repair crews. Default: as many as are needed.')),
    jobs: oneOf(
      ['restart', 'fail'],
      'What becomes of jobs and sessions that a fault ends: they start again from their last checkpoint, or are over. Replicas always start again. Default restart.',
    ).optional(),
    retries: orNone(
      wholeNumber(0, 1_000_000, 'How often a job starts again before it is over. Default: without limit.'),
    ),
    licenceGrace: quantity(
      durationQuantity,
      'Time without any licence server after which modes that need a licence start nobody. Default 20m: as long as a guest without a licence is not restricted.',
    ).optional(),
    windows: list(window, 'windows', 0, 10_000, 'Maintenance windows. Default: none.').optional(),
    spares: list(spare, 'sets of hosts', 0, 1000, 'Spare capacity. Default: none.').optional(),
  },
  'What breaks down while the run goes on, and what becomes of the jobs. Timed experiments with a horizon only.',
);

export type FaultsDocument = z.infer<typeof faultsSchema>;
