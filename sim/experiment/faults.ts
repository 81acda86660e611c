import type { Fleet } from '../cluster/fleet.ts';
import type { FaultSetup } from '../engine/faults.ts';
import {
  drawnFailures,
  type FailureLaw,
  type FaultUnit,
  loggedFailures,
  windowsUntil,
} from '../faults/index.ts';
import { createDistribution, type DistributionSpec } from '../kernel/distributions/index.ts';
import type { RandomStreams } from '../kernel/random.ts';
import type { Faults } from '../scenario/fault-types.ts';
import { ScenarioError } from './scenario-error.ts';

/** The faults of a scenario as the engine takes them: every unit with a law and a random stream of its own. */
export function faultsOf(
  faults: Faults,
  fleet: Fleet,
  streams: RandomStreams,
  horizonUs: number,
): FaultSetup {
  const numbers = new Map(fleet.hostNames.map((name, host) => [name, host]));
  const hostsOf = (names: readonly string[], section: string) =>
    names.map((name) => {
      const host = numbers.get(name);
      if (host === undefined)
        throw new ScenarioError(`faults.${section}`, `has no host "${name}" in the fleet`);
      return host;
    });
  const { processSec } = faults;
  const process = processSec === null ? undefined : createDistribution(processSec);
  const seen = new Map<string, number>();
  return {
    units: faults.failures.flatMap((entry) =>
      unitsOf(entry, faults.racks, fleet, (names) => hostsOf(names, 'failures')).map((unit) => {
        // A second law for one unit draws from a stream of its own, too.
        const key = `${unit.kind} ${unit.name}`;
        const nth = (seen.get(key) ?? 0) + 1;
        seen.set(key, nth);
        const stream = nth === 1 ? unit.name : `${unit.name}#${nth}`;
        return { unit, law: lawOf(entry, unit, fleet, streams, stream), needsCrew: entry.needsCrew };
      }),
    ),
    crews: faults.crews ?? Number.POSITIVE_INFINITY,
    process:
      process === undefined
        ? null
        : { between: process, streamOf: (job) => streams.once('fault-process', job) },
    graceUs: faults.graceUs,
    windows: windowsUntil(
      faults.windows.map((window) => ({ ...window, hosts: hostsOf(window.hosts, 'windows') })),
      horizonUs,
    ),
    spares: faults.spares.map((each) => {
      const hosts = hostsOf(each.hosts, 'spares');
      if (each.standby >= hosts.length) {
        throw new ScenarioError(
          'faults.spares',
          `lets ${each.standby} of ${hosts.length} hosts stand by: at least one has to serve`,
        );
      }
      return { ...each, hosts };
    }),
    jobs: faults.jobs,
    retries: faults.retries ?? Number.POSITIVE_INFINITY,
  };
}

/** GPUs that are meant to be in service: all without those of hosts that stand by. */
export function gpusInService({ spares }: FaultSetup, fleet: Fleet): number {
  let gpus = fleet.gpuCount;
  for (const { hosts, standby } of spares) {
    for (const host of hosts.slice(hosts.length - standby)) gpus -= fleet.gpusOf(host);
  }
  return gpus;
}

type Entry = Faults['failures'][number];

function unitsOf(
  { kind, hosts, count }: Entry,
  racks: Faults['racks'],
  fleet: Fleet,
  hostsOf: (names: readonly string[]) => readonly number[],
): readonly FaultUnit[] {
  if (kind === 'licence-server') {
    return Array.from({ length: count }, (_, i) => ({
      kind,
      name: `licence-server-${i}`,
      hosts: [],
      gpu: -1,
    }));
  }
  if (kind === 'rack') {
    return racks.map(({ name, hosts: names }) => ({ kind, name, hosts: hostsOf(names), gpu: -1 }));
  }
  const on = hosts === null ? Array.from({ length: fleet.hostCount }, (_, h) => h) : hostsOf(hosts);
  return on.flatMap((host): readonly FaultUnit[] => {
    const name = fleet.hostNames[host] as string;
    const start = fleet.gpuStart[host] as number;
    const gpus = Array.from({ length: fleet.gpusOf(host) }, (_, i) => start + i);
    if (kind === 'gpu') return gpus.map((gpu, i) => ({ kind, name: `${name}/gpu${i}`, hosts: [host], gpu }));
    if (kind === 'nvlink' && !gpus.some((g) => fleet.gpuHasFabric[g] === 1)) return [];
    return [{ kind, name, hosts: [host], gpu: -1 }];
  });
}

function lawOf(
  { log, betweenSec, repairSec }: Entry,
  unit: FaultUnit,
  fleet: Fleet,
  streams: RandomStreams,
  stream: string,
): FailureLaw {
  if (log === null) {
    return drawnFailures(
      createDistribution(betweenSec as DistributionSpec),
      createDistribution(repairSec as DistributionSpec),
      streams.stream(`fault-${unit.kind}`, stream),
    );
  }
  const place = unit.kind === 'gpu' ? (fleet.hostNames[unit.hosts[0] as number] as string) : unit.name;
  const index = unit.kind === 'gpu' ? unit.gpu - (fleet.gpuStart[unit.hosts[0] as number] as number) : null;
  return loggedFailures(log.filter(({ host, gpu }) => host === place && (index === null || gpu === index)));
}
