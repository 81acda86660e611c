import type { Selection } from '../../state/app-state.ts';
import type { FleetFacts } from './facts.ts';

/** By host of one fleet: the host of the same name in another; -1: there is none. */
export function sameHosts(from: FleetFacts, to: FleetFacts): Int32Array {
  const numbers = new Map<string, number>();
  // Of two of a name, the first.
  for (let host = to.hostCount - 1; host >= 0; host--) numbers.set(to.hostNames[host] as string, host);
  return Int32Array.from(from.hostNames, (name) => numbers.get(name) ?? -1);
}

/** The GPU at the same place of the same host in another fleet; -1: there is none. */
export function sameGpu(from: FleetFacts, to: FleetFacts, hosts: Int32Array, gpu: number): number {
  const own = from.hostOfGpu[gpu] ?? -1;
  const host = hosts[own] ?? -1;
  if (host < 0) return -1;
  const other = (to.gpuStart[host] as number) + gpu - (from.gpuStart[own] as number);
  return other < (to.gpuStart[host + 1] as number) ? other : -1;
}

/** What is selected in one fleet, as the other has it; nothing where that has no such host or GPU, or for a job. */
export function sameSelection(
  from: FleetFacts,
  to: FleetFacts,
  hosts: Int32Array,
  selection: Selection,
): Selection {
  if (selection.kind === 'host') {
    const host = hosts[selection.host] ?? -1;
    return host < 0 ? { kind: 'none' } : { kind: 'host', host };
  }
  if (selection.kind !== 'gpu') return { kind: 'none' };
  const gpu = sameGpu(from, to, hosts, selection.gpu);
  return gpu < 0 ? { kind: 'none' } : { kind: 'gpu', gpu };
}
