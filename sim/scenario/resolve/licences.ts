import type { CanonicalLicences } from '../canonical/licences.ts';
import type { Licences } from '../licence-types.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { Fleet } from '../types.ts';
import { HostLists } from './changes.ts';

const usOrNull = (written: string | undefined) =>
  written === undefined ? null : readValid(durationQuantity, written);

/** Licences in numbers. Hosts of a trace are named as written, one after another. */
export function resolveLicences({ pools, unlicensed }: CanonicalLicences, fleet: Fleet): Licences {
  const lists = fleet.kind === 'hosts' ? new HostLists(fleet.groups) : undefined;
  return {
    pools: pools.map(
      ({ name, edition, metric, entitled, subscriptions, hosts, whenNone, lease, renewal, cpusPerHost }) => ({
        name,
        edition,
        metric: metric ?? null,
        entitled,
        subscriptions: (subscriptions ?? []).map(({ seats, from, term, renewals, gap }) => ({
          seats,
          fromUs: readValid(durationQuantity, from),
          termUs: usOrNull(term),
          renewals: renewals ?? 0,
          gapUs: usOrNull(gap) ?? 0,
        })),
        hosts: hosts === undefined ? null : (lists?.of(hosts) ?? hosts),
        whenNone: whenNone ?? 'degrade',
        leaseUs: usOrNull(lease),
        renewalUs: usOrNull(renewal),
        cpusPerHost: cpusPerHost ?? 1,
      }),
    ),
    unlicensed:
      unlicensed?.map(({ after, fps, compute }) => ({
        afterUs: readValid(durationQuantity, after),
        fps,
        compute,
      })) ?? null,
  };
}
