import { z } from 'zod';
import { MAX_CHANGES, MAX_HOST_GROUPS, MAX_HOSTS, MAX_TASKS } from '../limits.ts';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { memoryQuantity } from '../quantities/memory.ts';
import { shareOrZeroQuantity } from '../quantities/ratio.ts';
import { distributionSchema } from './distribution.ts';
import {
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

/** What becomes of the jobs on a host that is to leave. */
const RUNNING = ['wait', 'preempt', 'migrate'] as const;
const MOST_USD = 1e12;
const DAYS = 7;

const host = line(128, 'A host group, or a host by its name: cloud-03.');

const hostList = (description: string) =>
  z
    .union([host, list(host, 'host groups or hosts', 1, MAX_HOST_GROUPS, description)], {
      error: 'must be a host group, a host, or a list of these',
    })
    .meta({ description });

const clearing = {
  running: oneOf(
    RUNNING,
    'Jobs on a host that is to leave: it waits for their ends; those that can save their state are stopped, and wait for another place; or those that another host can take are migrated. Default wait.',
  ).optional(),
  migrate: orNone(line(64, 'Name of the way to migrate of the mode. Needed where running is migrate.')),
};

const timeOrDistribution = (description: string) =>
  z
    .union([quantity(durationQuantity, description), distributionSchema], {
      error: 'must be a length of time such as 90s, or a distribution',
    })
    .meta({ description });

const expansion = section(
  {
    at: quantity(durationQuantity, 'Time from the start; before it the hosts are not there.'),
    hosts: hostList('The hosts that join.'),
  },
  'Hosts that join the fleet.',
);

const removal = section(
  {
    at: quantity(durationQuantity, 'Time from the start. From then on the hosts take nobody in.'),
    hosts: hostList('The hosts that leave, each when it is empty.'),
    ...clearing,
  },
  'Hosts that leave the fleet.',
);

const out = section(
  {
    jobs: orNone(wholeNumber(1, MAX_TASKS, 'At least so many jobs wait that the group could take.')),
    gpus: orNone(wholeNumber(1, 1_000_000_000, 'They ask for at least so many GPUs.')),
    waited: orNone(quantity(durationQuantity, 'One of them has waited this long.')),
    allocated: orNone(
      quantityOrNumber(shareOrZeroQuantity, "More than this part of the pool's GPUs is allocated."),
    ),
    window: quantity(durationQuantity, 'For so long without a break (allocated). Default 5m.').optional(),
    by: orNone(
      wholeNumber(
        1,
        MAX_HOSTS,
        'Hosts at a time; the next ones when these are there. Default: as many as the waiting jobs fill.',
      ),
    ),
    cooldown: quantity(
      durationQuantity,
      'No more are asked for so soon after the last. Default 0s.',
    ).optional(),
  },
  'When hosts are asked for: any of jobs, gpus, waited and allocated will do.',
);

const scaleIn = section(
  {
    idle: orNone(quantity(durationQuantity, 'A host leaves that has been empty for this long. Default 10m.')),
    allocated: orNone(
      quantityOrNumber(
        shareOrZeroQuantity,
        "Less than this part of the pool's GPUs is allocated: the emptiest host leaves.",
      ),
    ),
    window: quantity(durationQuantity, 'For so long without a break (allocated). Default 10m.').optional(),
    cooldown: quantity(durationQuantity, 'No more leave so soon after the last. Default 0s.').optional(),
    ...clearing,
  },
  'When hosts leave, unless a job waits that they could take.',
);

const hours = section(
  {
    days: list(
      wholeNumber(0, DAYS - 1, 'A day; day 0 begins at time 0.'),
      'days of the week',
      1,
      DAYS,
      'Days of the week, 0 to 6. Default: all.',
    ).optional(),
    from: quantity(durationQuantity, 'Time of the day from 0h.').optional(),
    to: quantity(durationQuantity, 'Time of the day up to 24h.').optional(),
    hosts: wholeNumber(0, MAX_HOSTS, 'At least so many hosts.'),
  },
  'Hours of the week with a floor of hosts.',
);

const price = section(
  {
    perHour: finiteNumber(0, MOST_USD, 'USD for an hour of one host. This, or instance.').optional(),
    instance: section(
      {
        provider: line(64, 'Provider, such as AWS.'),
        name: line(64, 'Instance type, such as g6.48xlarge.'),
      },
      'An instance type with an on-demand price (slicewise catalog prices).',
    ).optional(),
    every: quantity(
      positiveDurationQuantity,
      'Time is billed in whole numbers of these. Default 1s.',
    ).optional(),
    minimum: quantity(durationQuantity, 'Least time that is billed. Default 60s.').optional(),
    boot: flag('Whether the time until the host is there is billed, too. Default false.').optional(),
    egress: section(
      {
        perGb: finiteNumber(0, MOST_USD, 'USD for a GB (10^9 bytes) sent home.'),
        data: quantity(
          memoryQuantity,
          'Data that a job sends home when it is done. Default 0MiB.',
        ).optional(),
        byClass: z
          .record(line(128, 'A class.'), quantity(memoryQuantity, 'Data of a job of this class.'), {
            error: 'must be a mapping of classes to quantities of data',
          })
          .optional()
          .meta({ description: 'The same for the jobs of single classes.' }),
      },
      'What sending results home costs. Default: nothing.',
    ).optional(),
    cap: orNone(
      finiteNumber(
        0,
        MOST_USD,
        'USD at which no host is asked for any more, and those that are there leave. Default: none.',
        true,
      ),
    ),
  },
  'What the hosts cost.',
);

const spot = section(
  {
    every: orNone(
      quantity(positiveDurationQuantity, 'Mean time until a host that came is taken back (exponential).'),
    ),
    log: orNone(
      list(
        section(
          {
            at: quantity(durationQuantity, 'Time of the notice, from the start.'),
            hosts: wholeNumber(
              1,
              MAX_HOSTS,
              'Hosts that got it, those that were there longest. Default 1.',
            ).optional(),
          },
          'Recorded interruptions.',
        ),
        'interruptions',
        1,
        MAX_CHANGES,
        'Recorded interruptions in place of drawn ones.',
      ),
    ),
    notice: quantity(durationQuantity, 'From the notice until the host is gone.'),
    back: timeOrDistribution('Time from then until it can be asked for again. Default 0s.').optional(),
  },
  'Hosts that their owner may take back: exactly one of every and log.',
);

const group = section(
  {
    name: identifier('Name of the group, for results.'),
    hosts: hostList('Hosts that may be there, all of one pool; they are asked for in this order.'),
    min: wholeNumber(0, MAX_HOSTS, 'Fewest hosts. Default 0.').optional(),
    max: orNone(wholeNumber(1, MAX_HOSTS, 'Most hosts. Default: all of them.')),
    start: orNone(wholeNumber(0, MAX_HOSTS, 'Hosts at time 0. Default: min.')),
    boot: timeOrDistribution('Time from asking for a host until it takes jobs. Default 0s.').optional(),
    out: out.optional(),
    in: scaleIn.optional(),
    minLife: quantity(durationQuantity, 'A host stays at least this long. Default 0s.').optional(),
    week: list(hours, 'times of the week', 0, 1000, 'Hours with a floor of hosts. Default: none.').optional(),
    price: orNone(price),
    spot: orNone(spot),
  },
  'Hosts that come and go with the load.',
);

const burst = section(
  {
    from: identifier('Pool whose jobs go. Default: default.').optional(),
    to: identifier('Pool that they go to.'),
    waited: orNone(quantity(durationQuantity, 'A job goes when it has waited this long.')),
    jobs: orNone(
      wholeNumber(1, MAX_TASKS, 'As soon as so many wait, those that have waited longest go until fewer do.'),
    ),
    classes: orNone(
      list(line(128, 'A class of tasks.'), 'classes', 1, 10_000, 'Classes that may go. Default: all.'),
    ),
  },
  'Jobs that wait too long go to another pool.',
);

export const elasticSchema = section(
  {
    expansions: list(expansion, 'expansions', 0, MAX_CHANGES, 'Hosts that join at a date.').optional(),
    removals: list(removal, 'removals', 0, MAX_CHANGES, 'Hosts that leave at a date.').optional(),
    groups: list(group, 'groups', 0, 1000, 'Hosts that come and go with the load.').optional(),
    bursts: list(burst, 'rules', 0, 1000, 'Jobs that go to another pool.').optional(),
  },
  'Hosts that come and go while the run goes on. Every host that may ever be there is in the fleet. Timed experiments only.',
);

export type ElasticDocument = z.infer<typeof elasticSchema>;
