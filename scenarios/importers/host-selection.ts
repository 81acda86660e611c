import type { HostRow } from './openb.ts';

/** How many hosts of a trace are kept: a number, or a part of them in (0, 1]. */
export type HostsToKeep = { readonly hosts: number } | { readonly share: number };

/**
 * A smaller fleet of the same make-up, without chance. The hosts are put in order by kind (GPU model, GPUs, cores, memory;
 * kinds and the hosts of a kind as they first come in the file) and of `n` hosts every `n / k`-th is taken, the first from the
 * middle of the first step. So `k` hosts are kept in all, and of each kind its part of them rounded down or up. Of a GPU model
 * in `models` that none of these has, the first of its hosts with the most GPUs is kept beside them.
 *
 * @param models those that jobs name; without any host in the trace they change nothing
 * @returns in file order; all where as many or more are asked for, one at least
 * @see systematic sampling of a sorted list (implicit stratification): Cochran, Sampling Techniques, 3rd ed., chapter 8
 */
export function selectHosts(
  hosts: readonly HostRow[],
  keep: HostsToKeep,
  models: ReadonlySet<string>,
): readonly HostRow[] {
  const all = hosts.length;
  const wanted = 'hosts' in keep ? keep.hosts : Math.max(1, Math.round(keep.share * all));
  if (wanted >= all) return hosts;
  // Whole numbers throughout: a step in floating point would depend on how it is added up.
  const steps = (position: number) => Math.floor((2 * position * wanted + all) / (2 * all));
  const kept = new Set(byKind(hosts).filter((_, i) => steps(i + 1) > steps(i)));
  const covered = new Set([...kept].map(({ model }) => model));
  for (const host of largestByModel(hosts)) {
    if (models.has(host.model) && !covered.has(host.model)) kept.add(host);
  }
  return hosts.filter((host) => kept.has(host));
}

function byKind(hosts: readonly HostRow[]): readonly HostRow[] {
  const kinds = new Map<string, HostRow[]>();
  for (const host of hosts) {
    const { model, gpuCount, cpuMilli, memoryMib } = host;
    const kind = `${model}\n${gpuCount}\n${cpuMilli}\n${memoryMib}`;
    const known = kinds.get(kind);
    if (known === undefined) kinds.set(kind, [host]);
    else known.push(host);
  }
  return [...kinds.values()].flat();
}

/** Of each GPU model the first host of those with the most GPUs. */
function largestByModel(hosts: readonly HostRow[]): readonly HostRow[] {
  const largest = new Map<string, HostRow>();
  for (const host of hosts) {
    const known = largest.get(host.model);
    if (host.gpuCount > 0 && (known === undefined || host.gpuCount > known.gpuCount)) {
      largest.set(host.model, host);
    }
  }
  return [...largest.values()];
}
