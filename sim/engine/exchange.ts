import type { FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { SharedGpu } from '../sharing/index.ts';
import type { WorkProfile } from '../workload/task.ts';

/**
 * Speed of a job on several GPUs relative to the same GPUs joined by NVLink, in (0, 1]: exchanging data takes as many
 * times longer as the slowest link on the way is slower than NVLink.
 *
 * The exchange is a ring all-reduce: of B bytes each of n GPUs sends and receives 2 (n - 1) / n x B over its link to
 * the next, so that the slowest link sets the pace. As `communication` was measured with as many GPUs, that factor is
 * the same before and after, and what is left is the ratio of the two links. The ring goes through all GPUs of a host
 * before it leaves it, and through all hosts of a rack before it leaves that. Links, each in one direction:
 *
 * - in an NVLink island (which may be of several hosts): NVLink, unless a mode on the way (MIG, most virtual machines)
 *   does not allow transfers from GPU to GPU;
 * - else on one host: the GPU's own PCIe link, of which between NUMA domains a stated part is left;
 * - between hosts: the slower of the PCIe link and the NIC; the NICs of a host are one;
 * - between racks: what is left of the NIC when all hosts of the rack send at once (the NIC over the oversubscription).
 *
 * Where nobody states a NIC, hosts are as near each other as their PCIe links allow. On GPUs without NVLink the job is
 * as fast as its time says on one host, and the exchange between hosts is slower than PCIe there.
 *
 * What it leaves out: that transfers may overlap with compute, that jobs contend for NICs and for the uplink of a rack,
 * trees and other algorithms than the ring, latency, and which GPUs of a host are near its NIC.
 *
 * @see Patarasuk and Yuan, J. Parallel and Distributed Computing 69(2), 2009: the ring needs the least bandwidth
 */
export function exchangeFactor(
  fleet: FleetView,
  parts: readonly Part[],
  { communication, reference }: WorkProfile,
): number {
  if (communication === 0) return 1;
  const gpus = parts.flatMap(({ host, gpus: own }) => own.map((g) => (fleet.gpuStart[host] as number) + g));
  if (gpus.length < 2 || areJoined(fleet, gpus)) return 1;
  const hosts = new Map<number, number[]>();
  for (const { host, gpus: own } of parts) {
    const start = fleet.gpuStart[host] as number;
    hosts.set(host, [...(hosts.get(host) ?? []), ...own.map((g) => start + g)]);
  }
  const own = slowestOwnLink(fleet, hosts);
  const link = Math.min(own, slowestNic(fleet, [...hosts.keys()]));
  // The catalogue says 0 of GPUs that have none.
  const fabricGb =
    reference?.fabricGbPerSecBidirectional ||
    knownOf(fleet, gpus[0] as number)?.spec.catalogue?.fabricGbPerSecBidirectional ||
    null;
  if (link === Number.POSITIVE_INFINITY) return 1;
  if (fabricGb === null && (hosts.size < 2 || own === Number.POSITIVE_INFINITY)) return 1;
  const slower = Math.max(1, (fabricGb === null ? own : (fabricGb * 1e9) / 2) / link);
  return 1 / (1 - communication + communication * slower);
}

/**
 * Part of its time on these parts in which a job exchanges data between its GPUs, [0, 1): what it is with NVLink, times how
 * much slower the exchange is here, over the time that a unit of work takes here.
 */
export function exchangeShare(fleet: FleetView, parts: readonly Part[], profile: WorkProfile): number {
  return 1 - (1 - profile.communication) * exchangeFactor(fleet, parts, profile);
}

/** Whether NVLink joins them all, and nothing on the way keeps them from using it. */
function areJoined(fleet: FleetView, gpus: readonly number[]): boolean {
  const { islandOf } = fleet.topology;
  const island = islandOf[gpus[0] as number];
  return gpus.every((g) => fleet.gpuHasFabric[g] === 1 && islandOf[g] === island && mayExchange(fleet, g));
}

/** Whether a GPU may send to another one directly; GPUs that no mode shares may. */
function mayExchange(fleet: FleetView, g: number): boolean {
  const shared = fleet.sharing[g];
  return shared === undefined || shared.mode.traits.peerToPeer === 'yes';
}

/** What is known of a GPU, whether a mode shares it or not. */
function knownOf(fleet: FleetView, g: number): Pick<SharedGpu, 'spec' | 'values'> | undefined {
  return fleet.sharing[g] ?? fleet.plainGpus[g];
}

/** The slowest PCIe link among some GPUs, and what NUMA domains leave of it on hosts where NVLink does not join them. */
function slowestOwnLink(fleet: FleetView, hosts: ReadonlyMap<number, readonly number[]>): number {
  let slowest = Number.POSITIVE_INFINITY;
  for (const gpus of hosts.values()) {
    const isSpread = spansDomains(fleet, gpus) && !areJoined(fleet, gpus);
    for (const g of gpus) {
      const known = knownOf(fleet, g);
      if (known === undefined) continue;
      const left = isSpread ? known.values.get('host.cross-numa-bandwidth') : 1;
      slowest = Math.min(slowest, known.spec.linkBytesPerSec * left);
    }
  }
  return slowest;
}

/** The slowest NIC among some hosts; between racks what their uplinks leave of it. */
function slowestNic(fleet: FleetView, hosts: readonly number[]): number {
  let slowest = Number.POSITIVE_INFINITY;
  if (hosts.length < 2) return slowest;
  const { rackOf } = fleet.topology;
  const isInOneRack = hosts.every((host) => rackOf[host] === rackOf[hosts[0] as number]);
  for (const host of hosts) {
    const { nicBytesPerSec, oversubscription } = fleet.hosts[host]?.place ?? {};
    const left = isInOneRack ? 1 : (oversubscription ?? 1);
    slowest = Math.min(slowest, (nicBytesPerSec ?? Number.POSITIVE_INFINITY) / left);
  }
  return slowest;
}

/** Whether GPUs of a host belong to different NUMA domains. */
function spansDomains(fleet: FleetView, gpus: readonly number[]): boolean {
  const { domainOf } = fleet.topology;
  return gpus.some((g) => domainOf[g] !== domainOf[gpus[0] as number]);
}
