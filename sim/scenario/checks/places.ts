import type { Finding } from '../problem.ts';
import type { HostGroupDocument } from '../schema/scenario.ts';
import type { CheckContext } from './context.ts';
import { gpuGroupsOf } from './fleet.ts';
import type { Sound } from './sound.ts';

/** What is said of racks, NVLink islands and NICs must agree with the hosts. */
export function checkPlaces({ sound, isFaulty }: CheckContext): readonly Finding[] {
  return (sound.fleet?.hosts ?? []).flatMap((group, index) => {
    const path = ['fleet', 'hosts', index];
    return group === undefined || isFaulty(path) ? [] : checkGroup(path, group);
  });
}

function checkGroup(path: readonly (string | number)[], group: Sound<HostGroupDocument>): readonly Finding[] {
  const { count = 1, rack, nvlinkIsland, nic, oversubscription } = group;
  const findings: Finding[] = [];
  if (Array.isArray(rack) && rack.length > count) {
    const message = `must be at most as many as there are hosts (${count}), got ${rack.length} racks`;
    findings.push({ path: [...path, 'rack'], message });
  }
  if (oversubscription !== undefined && oversubscription !== 1 && nic == null) {
    const message = 'needs nic: it says how much of that is left between racks';
    findings.push({ path: [...path, 'oversubscription'], message });
  }
  if (nvlinkIsland == null) return findings;
  const gpus = gpuGroupsOf(group);
  const perHost = gpus.reduce((sum, gpu) => sum + (gpu?.count ?? 0), 0);
  const here = [...path, 'nvlinkIsland'];
  if (gpus.some((gpu) => gpu?.nvlink === false)) {
    findings.push({ path: here, message: 'must not be there where nvlink is false' });
  } else if (perHost === 0) {
    findings.push({ path: here, message: 'must not be there: the hosts have no GPU' });
  } else if (perHost % nvlinkIsland !== 0 && nvlinkIsland % perHost !== 0) {
    const message = `must divide the GPUs of a host (${perHost}), or be a multiple of them, got ${nvlinkIsland}`;
    findings.push({ path: here, message });
  }
  return findings;
}
