import type { FaultsDocument } from '../schema/faults.ts';
import { canonicalDistribution, canonicalDuration } from './distribution.ts';

const listed = (hosts: string | readonly string[]) => (typeof hosts === 'string' ? [hosts] : [...hosts]);

/** The section with every default written out. */
export function canonicalFaults(written: FaultsDocument) {
  return {
    failures: (written.failures ?? []).map(({ kind, hosts, count, between, repair, log, crew }) => ({
      kind,
      ...(hosts === undefined ? {} : { hosts: listed(hosts) }),
      ...(kind === 'licence-server' ? { count: count ?? 1 } : {}),
      ...(between == null ? {} : { between: canonicalDistribution(between) }),
      ...(repair == null ? {} : { repair: canonicalDistribution(repair) }),
      ...(log == null
        ? {}
        : {
            log: log.map((entry) => ({
              at: canonicalDuration(entry.at),
              host: entry.host,
              ...(entry.gpu === undefined ? {} : { gpu: entry.gpu }),
              for: canonicalDuration(entry.for),
            })),
          }),
      crew: crew ?? true,
    })),
    process: written.process == null ? null : canonicalDistribution(written.process),
    racks: (written.racks ?? []).map(({ name, hosts }) => ({ name, hosts: listed(hosts) })),
    crews: written.crews ?? null,
    jobs: written.jobs ?? 'restart',
    retries: written.retries ?? null,
    licenceGrace: canonicalDuration(written.licenceGrace ?? '20m'),
    windows: (written.windows ?? []).map((window) => ({
      at: canonicalDuration(window.at),
      for: canonicalDuration(window.for),
      every: window.every == null ? null : canonicalDuration(window.every),
      drain: canonicalDuration(window.drain ?? '0s'),
      hosts: listed(window.hosts),
      running: window.running ?? 'wait',
      migrate: window.migrate ?? null,
    })),
    spares: (written.spares ?? []).map(({ hosts, standby, switchOver }) => ({
      hosts: listed(hosts),
      standby,
      switchOver: canonicalDuration(switchOver ?? '0s'),
    })),
  } as const;
}

export type CanonicalFaults = ReturnType<typeof canonicalFaults>;
