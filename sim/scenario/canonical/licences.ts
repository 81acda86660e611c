import type { LicencesDocument } from '../schema/licences.ts';
import { canonicalDuration } from './distribution.ts';

/** The section with every default written out that does not depend on figures. */
export function canonicalLicences(written: LicencesDocument) {
  return {
    pools: written.pools.map(
      ({ name, edition, metric, entitled, subscriptions, hosts, whenNone, lease, renewal, cpusPerHost }) => ({
        name,
        edition,
        ...(metric === undefined ? {} : { metric }),
        entitled,
        ...(subscriptions === undefined
          ? {}
          : {
              subscriptions: subscriptions.map(({ seats, from = '0s', term, renewals, gap }) => ({
                seats,
                from: canonicalDuration(from),
                ...(term === undefined ? {} : { term: canonicalDuration(term) }),
                ...(term === undefined
                  ? {}
                  : { renewals: renewals ?? 0, gap: canonicalDuration(gap ?? '0s') }),
              })),
            }),
        ...(hosts === undefined ? {} : { hosts: typeof hosts === 'string' ? [hosts] : [...hosts] }),
        ...(whenNone === undefined ? {} : { whenNone }),
        ...(lease === undefined ? {} : { lease: canonicalDuration(lease) }),
        ...(renewal === undefined ? {} : { renewal: canonicalDuration(renewal) }),
        ...(cpusPerHost === undefined ? {} : { cpusPerHost }),
      }),
    ),
    ...(written.unlicensed === undefined
      ? {}
      : {
          unlicensed: written.unlicensed.map(({ after, fps, compute }) => ({
            after: canonicalDuration(after),
            fps: fps ?? null,
            compute: compute ?? 1,
          })),
        }),
  };
}

export type CanonicalLicences = ReturnType<typeof canonicalLicences>;
