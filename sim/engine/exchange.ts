import type { FleetView } from '../cluster/fleet.ts';
import type { Part } from '../cluster/part.ts';
import type { WorkProfile } from '../workload/task.ts';

/**
 * Speed of a job on several GPUs relative to the same GPUs joined by NVLink, in (0, 1]. The part of the time in which
 * GPUs exchange data grows with the ratio of the two bandwidths, where they are not joined, or a mode on the way
 * (MIG, most virtual machines) does not allow transfers from GPU to GPU and data go through the host.
 *
 * What it leaves out: that transfers may overlap with compute.
 */
export function exchangeFactor(
  fleet: FleetView,
  parts: readonly Part[],
  { communication, reference }: WorkProfile,
): number {
  if (communication === 0) return 1;
  const gpus = parts.flatMap(({ host, gpus: own }) => own.map((g) => (fleet.gpuStart[host] as number) + g));
  if (gpus.length < 2) return 1;
  const isOnOneHost = parts.every(({ host }) => host === parts[0]?.host);
  const isJoined =
    isOnOneHost &&
    gpus.every((g) => fleet.gpuHasFabric[g] === 1 && fleet.sharing[g]?.mode.traits.peerToPeer === 'yes');
  if (isJoined) return 1;
  const fabricGb =
    reference?.fabricGbPerSecBidirectional ??
    fleet.sharing[gpus[0] as number]?.spec.catalogue?.fabricGbPerSecBidirectional ??
    null;
  const isSpread = isOnOneHost && spansDomains(fleet, parts[0]?.host ?? 0, gpus);
  let link = Number.POSITIVE_INFINITY;
  for (const g of gpus) {
    const shared = fleet.sharing[g];
    if (shared === undefined) continue;
    const left = isSpread ? shared.values.get('host.cross-numa-bandwidth') : 1;
    link = Math.min(link, shared.spec.linkBytesPerSec * left);
  }
  if (fabricGb === null || link === Number.POSITIVE_INFINITY) return 1;
  const slower = Math.max(1, (fabricGb * 1e9) / 2 / link);
  return 1 / (1 - communication + communication * slower);
}

/** Whether GPUs of a host belong to different NUMA domains: its GPUs are split evenly, in the order of their indices. */
function spansDomains(fleet: FleetView, host: number, gpus: readonly number[]): boolean {
  const domains = fleet.hosts[host]?.numaDomains ?? 1;
  const start = fleet.gpuStart[host] as number;
  const count = fleet.gpusOf(host);
  const domainOf = (g: number) => Math.floor(((g - start) * domains) / count);
  return gpus.some((g) => domainOf(g) !== domainOf(gpus[0] as number));
}
