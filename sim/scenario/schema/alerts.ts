import type { z } from 'zod';
import { ALERT_METRICS, ALERT_SCOPES } from '../names.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { levelQuantity } from '../quantities/ratio.ts';
import { flag, line, list, oneOf, quantity, quantityOrNumber, section, wholeNumber } from './leaves.ts';

/** Values that stay beyond a limit for long. */
export const alertsSchema = section(
  {
    defaults: flag(
      'Whether the limits of the sources are watched besides the rules stated here. Default true.',
    ).optional(),
    rules: list(
      section(
        {
          name: line(64, 'Name of the rule; no other rule has it.'),
          metric: oneOf(
            ALERT_METRICS,
            'What is watched, at every instant. jobs.waiting, jobs.waitingGpus, jobs.running and fragmentation are of the fleet as a whole.',
          ),
          above: quantityOrNumber(levelQuantity, 'An alert while the value is above this.').optional(),
          below: quantityOrNumber(levelQuantity, 'An alert while the value is below this.').optional(),
          for: quantity(
            durationQuantity,
            'Least time that it lasts without a break. Default 0s: any time at all.',
          ).optional(),
          scope: oneOf(
            ALERT_SCOPES,
            'Which parts of the fleet are watched, each for itself. Default fleet.',
          ).optional(),
        },
        'A value, a limit, and how long it has to be beyond it. Exactly one of above and below.',
      ),
      'rules',
      0,
      1000,
      'Rules besides those of the sources.',
    ).optional(),
  },
  'Values that stay beyond a limit for long, told in the result. Timed experiments only. Default: the limits of the sources.',
);

/** How far metrics are split up. */
export const metricsSchema = section(
  {
    perHost: flag('Whether metrics are also given host by host. Default false.').optional(),
    groups: wholeNumber(
      1,
      10_000,
      'Most groups of a kind (tenants, classes, hosts and so on), those with the most GPU-hours; the others are summed up. Default 50.',
    ).optional(),
    detail: flag(
      'Whether a timed run also tells what became of the capacity, metrics of parts of the fleet and kinds of jobs, series, alerts and how far its numbers can be trusted. false saves time in large runs. Default true.',
    ).optional(),
  },
  'How far metrics are split up.',
);

export type AlertsDocument = z.infer<typeof alertsSchema>;
export type MetricsDocument = z.infer<typeof metricsSchema>;
