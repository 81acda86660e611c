import { z } from 'zod';
import { LICENCE_EDITIONS, LICENCE_METRICS, WHEN_NONE } from '../../licences/names.ts';
import { MAX_HOST_GROUPS } from '../limits.ts';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import {
  finiteNumber,
  identifier,
  line,
  list,
  oneOf,
  orNone,
  quantity,
  section,
  wholeNumber,
} from './leaves.ts';

const host = line(128, 'A host group, or a host by its name: train-003.');

const hostsDescription = 'Hosts where they hold, such as those of one region. Default: all.';

const subscription = section(
  {
    seats: wholeNumber(1, 1e9, 'How many licences.'),
    from: quantity(
      durationQuantity,
      'When its first term begins, since the begin of the run. Default 0s.',
    ).optional(),
    term: quantity(positiveDurationQuantity, 'Length of a term. Default: it does not end.').optional(),
    renewals: wholeNumber(
      0,
      1000,
      'How often it is renewed for a term of that length. Default 0.',
    ).optional(),
    gap: quantity(
      durationQuantity,
      'Time from the end of a term until it is renewed: a renewal that comes late. Default 0s.',
    ).optional(),
  },
  'Licences for a term.',
);

const pool = section(
  {
    name: identifier('Name of these licences, for the metrics and the audit.'),
    edition: oneOf(
      LICENCE_EDITIONS,
      'What is licensed (catalog prices lists them). It says which tenants take one: vapps A-series, vpc B-series, vws Q- and B-series and graphics in passthrough, nvaie and vcs C-series, orionx remote GPUs; vcf and vvf are for hosts.',
    ),
    metric: oneOf(
      LICENCE_METRICS,
      'What one licence is for: user (a virtual machine or user that runs), gpu (a physical GPU with such a tenant), card (a GPU that is there), core (a core of a host that is there). Default: as the edition is counted.',
    ).optional(),
    entitled: wholeNumber(0, 1e9, 'How many there are, besides those of subscriptions.'),
    subscriptions: list(
      subscription,
      'subscriptions',
      1,
      100,
      'Licences that begin or lapse while the run goes on. Default: none.',
    ).optional(),
    hosts: z
      .union([host, list(host, 'host groups or hosts', 1, MAX_HOST_GROUPS, hostsDescription)], {
        error: 'must be a host group, a host, or a list of these',
      })
      .meta({ description: hostsDescription })
      .optional(),
    whenNone: oneOf(
      WHEN_NONE,
      'What becomes of who finds none free: degrade (it starts, and is restricted as time goes by), wait (in the queue), reject. Default degrade.',
    ).optional(),
    lease: quantity(
      positiveDurationQuantity,
      'Time for which a client keeps a licence that it cannot renew. Default: the figure licence.lease, 1d.',
    ).optional(),
    renewal: quantity(
      positiveDurationQuantity,
      'Time after which a client renews its lease, again and again. Default: 15 % of the lease.',
    ).optional(),
    cpusPerHost: wholeNumber(
      1,
      64,
      'Processors of each host, for metric core: a processor counts for at least 16 cores. Default 1.',
    ).optional(),
  },
  'Licences of one edition that stand in for each other.',
);

const restriction = section(
  {
    after: quantity(durationQuantity, 'Time without a licence after which this holds.'),
    fps: orNone(finiteNumber(0, 1000, 'Most frames a second that are drawn. Default: no limit.', true)),
    compute: finiteNumber(
      0,
      1,
      'Speed of compute work relative to the same with a licence; 0: none is done. Default 1.',
    ).optional(),
  },
  'What a guest without a licence may do from some time on.',
);

export const licencesSchema = section(
  {
    pools: list(
      pool,
      'sets of licences',
      1,
      1000,
      'The licences that there are. A tenant takes one of the first that is for it and holds where it runs.',
    ),
    unlicensed: list(
      restriction,
      'restrictions',
      0,
      100,
      'What becomes of guests without a licence. Default: after 20m 15 frames a second and slow compute (the figure licence.unlicensed-compute), after 24h (licence.second-step) 3 frames a second and no compute.',
    ).optional(),
  },
  'Software licences: how many there are, who takes them, and what becomes of who has none. Timed experiments only.',
);

export type LicencesDocument = z.infer<typeof licencesSchema>;
