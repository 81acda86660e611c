import { z } from 'zod';
import { MAX_CHANGES, MAX_HOST_GROUPS } from '../limits.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { line, list, oneOf, orNone, quantity, section } from './leaves.ts';
import { sharingSchema } from './sharing.ts';

/** What becomes of the jobs on hosts that are to be changed. */
const RUNNING = ['wait', 'migrate', 'stop'] as const;

/** Of a trace, hosts have whatever names its file gives them. */
const host = line(128, 'A host group, or a host by its name: vdi-0003.');

const change = section(
  {
    at: quantity(durationQuantity, 'Time from the start. From then on the hosts take nobody in.'),
    hosts: z
      .union([host, list(host, 'host groups or hosts', 1, MAX_HOST_GROUPS, 'Host groups and hosts.')], {
        error: 'must be a host group, a host, or a list of these',
      })
      .meta({ description: 'The hosts: a host group, a host by its name, or a list of these.' }),
    sharing: orNone(sharingSchema).meta({
      description:
        'How their GPUs are shared from then on, as in fleet.hosts. Default: as before (maintenance).',
    }),
    path: orNone(
      line(
        64,
        "Name of the new mode's way to make the change, such as host or operator: of switch-mode where the mode changes, of change-layout where it stays. Default: takes no time.",
      ),
    ),
    closed: quantity(
      durationQuantity,
      'Time that the empty hosts stay closed beyond that. Default 0s.',
    ).optional(),
    running: oneOf(
      RUNNING,
      'Jobs on the hosts: wait for their ends, migrate those that another host can take and wait for the others, or stop them. Default wait.',
    ).optional(),
    migrate: orNone(
      line(
        64,
        'Name of the way to migrate of the mode that the hosts have at that time. Needed where running is migrate.',
      ),
    ),
  },
  'A change of some hosts at a time: from then on they take nobody in; when empty, they are changed and open again.',
);

export const changesSchema = list(
  change,
  'changes',
  0,
  MAX_CHANGES,
  'Planned changes of hosts while the run goes on: other sharing, or maintenance. Timed experiments only. Default: none.',
);

export type ChangeDocument = z.infer<typeof change>;
