import type { CanonicalFaults } from '../canonical/faults.ts';
import type { Faults } from '../fault-types.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { Fleet } from '../types.ts';
import { HostLists } from './changes.ts';
import { resolveDistribution } from './distribution.ts';

const us = (written: string) => readValid(durationQuantity, written);

/** Faults in numbers. Hosts of a trace are named as written, one after another. */
export function resolveFaults(faults: CanonicalFaults, fleet: Fleet): Faults {
  const lists = fleet.kind === 'hosts' ? new HostLists(fleet.groups) : undefined;
  const hostsOf = (names: readonly string[]) => (lists === undefined ? names : lists.of(names));
  return {
    failures: faults.failures.map(({ kind, hosts, count, between, repair, log, crew }) => ({
      kind,
      hosts: hosts === undefined ? null : hostsOf(hosts),
      count: count ?? 1,
      betweenSec: between === undefined ? null : resolveDistribution(between),
      repairSec: repair === undefined ? null : resolveDistribution(repair),
      log:
        log === undefined
          ? null
          : log.map((entry) => ({
              atUs: us(entry.at),
              host: entry.host,
              gpu: entry.gpu ?? null,
              forUs: us(entry.for),
            })),
      needsCrew: crew,
    })),
    processSec: faults.process === null ? null : resolveDistribution(faults.process),
    racks: faults.racks.map(({ name, hosts }) => ({ name, hosts: hostsOf(hosts) })),
    crews: faults.crews,
    jobs: faults.jobs,
    retries: faults.retries,
    graceUs: us(faults.licenceGrace),
    windows: faults.windows.map((window) => ({
      atUs: us(window.at),
      forUs: us(window.for),
      everyUs: window.every === null ? null : us(window.every),
      drainUs: us(window.drain),
      hosts: hostsOf(window.hosts),
      running: window.running,
      migratePath: window.migrate,
    })),
    spares: faults.spares.map(({ hosts, standby, switchOver }) => ({
      hosts: hostsOf(hosts),
      standby,
      switchOverUs: us(switchOver),
    })),
  };
}
