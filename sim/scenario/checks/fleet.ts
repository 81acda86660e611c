import { hostName } from '../host-name.ts';
import { MAX_GPUS_PER_HOST, MAX_HOSTS } from '../limits.ts';
import type { Finding } from '../problem.ts';
import type { FleetDocument, GpuGroupDocument, HostGroupDocument } from '../schema/scenario.ts';
import { exactlyOne, repeats } from './common.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';

type Group = Sound<HostGroupDocument>;
type GpuGroup = Sound<GpuGroupDocument>;

/** The GPU groups of a host group, whichever way they are written; holes where one is wrong. */
export function gpuGroupsOf(group: Group | undefined): readonly (GpuGroup | undefined)[] {
  const gpus = group?.gpus;
  if (gpus === undefined) return [];
  return Array.isArray(gpus) ? (gpus as readonly (GpuGroup | undefined)[]) : [gpus as GpuGroup];
}

/** What the fleet's values must satisfy together. */
export function checkFleet({ document, sound, isFaulty }: CheckContext): readonly Finding[] {
  const fleet: Sound<FleetDocument> = sound.fleet ?? {};
  const findings = [...exactlyOne(document, ['fleet'], ['hosts', 'trace'])];
  const groups = fleet.hosts;
  if (groups === undefined) return findings;
  findings.push(
    ...repeats(
      groups.map((group) => group?.name),
      (index) => ['fleet', 'hosts', index, 'name'],
    ),
    ...clashingHostNames(groups),
  );

  let hostCount = 0;
  let gpuCount = 0;
  for (const [index, group] of groups.entries()) {
    const gpus = gpuGroupsOf(group);
    const perHost = gpus.reduce((sum, gpu) => sum + (gpu?.count ?? 0), 0);
    if (perHost > MAX_GPUS_PER_HOST) {
      const message = `must hold at most ${MAX_GPUS_PER_HOST} GPUs in all, got ${perHost}`;
      findings.push({ path: ['fleet', 'hosts', index, 'gpus'], message });
    }
    findings.push(
      ...repeats(
        gpus.map((gpu) => gpu?.model),
        (at) => ['fleet', 'hosts', index, 'gpus', at, 'model'],
      ),
    );
    hostCount += group?.count ?? 1;
    gpuCount += perHost;
  }
  if (hostCount > MAX_HOSTS) {
    findings.push({
      path: ['fleet', 'hosts'],
      message: `must be at most ${MAX_HOSTS} hosts in all, got ${hostCount}`,
    });
  }
  if (gpuCount === 0 && !isFaulty(['fleet', 'hosts'])) {
    findings.push({ path: ['fleet', 'hosts'], message: 'must hold at least one GPU in all, got none' });
  }
  return findings;
}

/** A group of one host keeps its own name, which must not be the numbered name of another group's host. */
function clashingHostNames(groups: readonly (Group | undefined)[]): readonly Finding[] {
  const numbered = new Map<string, number>();
  for (const group of groups) {
    if (group?.name !== undefined && (group.count ?? 1) > 1) numbered.set(group.name, group.count ?? 1);
  }
  return groups.flatMap((group, index) => {
    const match = /^(.+)-(\d+)$/.exec(group?.name ?? '');
    if (match === null || (group?.count ?? 1) > 1) return [];
    const [name, prefix, digits] = match;
    const count = numbered.get(prefix!);
    if (count === undefined || Number(digits) >= count || hostName(prefix!, Number(digits), count) !== name)
      return [];
    return [
      { path: ['fleet', 'hosts', index, 'name'], message: `is also the name of a host of group "${prefix}"` },
    ];
  });
}
