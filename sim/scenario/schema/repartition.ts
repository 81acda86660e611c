import { z } from 'zod';
import { MAX_HOST_GROUPS } from '../limits.ts';
import { durationQuantity, positiveDurationQuantity } from '../quantities/duration.ts';
import { REPARTITION_POLICIES, RUNNING_RULES } from '../repartition-types.ts';
import { finiteNumber, flag, line, list, oneOf, orNone, quantity, section, wholeNumber } from './leaves.ts';

const host = line(128, 'A host group, or a host by its name: train-003.');

const rule = section(
  {
    hosts: z
      .union([host, list(host, 'host groups or hosts', 1, MAX_HOST_GROUPS, 'The hosts.')], {
        error: 'must be a host group, a host, or a list of these',
      })
      .meta({ description: 'Hosts whose cards are cut anew; each in one entry at most.' }),
    policy: oneOf(
      REPARTITION_POLICIES,
      'on-demand: instances are made as jobs come, and idle cards split into as many virtual functions as the next job needs. periodic: layouts, vGPU sizes or numbers of virtual functions are chosen for the present demand. defragment: instances are made as jobs come, and running jobs move to make room.',
    ),
    creation: oneOf(
      ['driver', 'chosen'],
      'Where a new MIG instance starts: where the driver puts it, or where the policy chooses (by looking ahead where instances are made on demand). Default chosen; of defragment, driver.',
    ).optional(),
    every: orNone(
      quantity(positiveDurationQuantity, 'Reviews at multiples of this. Default: none. Not of on-demand.'),
    ),
    atUnserved: flag(
      'Whether a job makes a review that waits for lack of an instance (of an open place, under defragment), or that an idle card of vGPUs or virtual functions could take. Default true. Not of on-demand.',
    ).optional(),
    atChange: flag(
      'Under periodic, whether every job that comes or ends makes a review. Default false.',
    ).optional(),
    gap: quantity(
      durationQuantity,
      'Least time from a review to one that a job makes. Default 0s. Not of on-demand.',
    ).optional(),
    running: oneOf(
      RUNNING_RULES,
      'Jobs whose part of a card is to go, under periodic: wait for their ends; save those that can, which wait again; stop also those that start anew; move those that can to a free part like theirs elsewhere. Default wait.',
    ).optional(),
    patience: orNone(
      quantity(
        positiveDurationQuantity,
        'Under periodic, a waiting request counts once more for each of these that it has waited. Default 1h; null: always the same.',
      ),
    ),
    runningWeight: finiteNumber(
      0,
      1000,
      'Under periodic, what the request of a running job counts beside a waiting one. Default 1.',
      true,
    ).optional(),
    gainPerCost: finiteNumber(
      0,
      1e9,
      'Under defragment, least gain of a move for its cost, both in GPU-minutes. Default 1.',
    ).optional(),
    maxMoves: wholeNumber(1, 2, 'Under defragment, most moves for one gain. Default 2.').optional(),
    horizon: quantity(
      positiveDurationQuantity,
      'The time for which a gain counts: under defragment room that is made, under periodic how fast a job is for which others are stopped, or that is stopped to go on elsewhere, on MIG instances. Default 1h. Not of on-demand.',
    ).optional(),
    migrate: orNone(
      line(
        64,
        'Name of the way to migrate of the mode, of defragment and of running: move. Default: by saving the state.',
      ),
    ),
  },
  'How the cards of some hosts are cut anew.',
);

export const repartitionSchema = list(
  rule,
  'entries',
  0,
  1000,
  'How cards of MIG, vGPU and SR-IOV are cut anew while jobs run on them. Timed experiments only. Default: layouts stay.',
);

export type RepartitionDocument = z.infer<typeof repartitionSchema>;
