import type { CardState, ReplayState } from '../../../sim/observe/replay/index.ts';
import type { Colouring } from '../../state/app-state.ts';
import type { FleetFacts } from './facts.ts';
import { utilizationOf, utilizationStep } from './fills.ts';

const texts = new Map<string, number>();

/** A number for a text, the same for the same text. */
function textNumber(text: string): number {
  let number = texts.get(text);
  if (number === undefined) {
    number = texts.size + 1;
    texts.set(text, number);
  }
  return number;
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ (value | 0), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

/**
 * A number that is another when a host would be drawn otherwise (but for one chance in 2^32): who is on its GPUs and in
 * which phase, how they are cut, what is closed and, where that is shown, how much they work.
 */
export function hostSignature(
  facts: FleetFacts,
  state: ReplayState,
  host: number,
  colouring: Colouring,
): number {
  let hash = mix(0x51ed270b, state.closedFor[host] as number);
  const end = facts.gpuStart[host + 1] as number;
  if (end === facts.gpuStart[host]) hash = mix(hash, state.cpuFreeMilli[host] as number);
  for (let gpu = facts.gpuStart[host] as number; gpu < end; gpu++)
    hash = mix(hash, gpuSignature(state, gpu, colouring));
  return hash;
}

/** The same of one GPU; what its host is closed for is not in it. */
export function gpuSignature(state: ReplayState, gpu: number, colouring: Colouring): number {
  let hash = mix(0x2545f491, (state.gpuClosedFor[gpu] as number) + 256);
  const card = state.cards[gpu];
  if (card !== undefined) hash = mixCard(hash, card);
  if (colouring === 'utilization') hash = mix(hash, utilizationStep(utilizationOf(state, gpu)));
  const own = state.occupants[gpu];
  if (own === undefined) return hash;
  for (let i = 0; i < own.length; i++) {
    const occupant = own[i];
    if (occupant === undefined) continue;
    const { job, slot, milli } = occupant;
    hash = mix(hash, job.number);
    // Those two letters tell the phases apart.
    hash = mix(hash, job.phase.charCodeAt(0) + 128 * job.phase.charCodeAt(2) + 16384 * milli);
    if (slot !== undefined) hash = mix(hash, textNumber(slot.label));
  }
  return hash;
}

function mixCard(hash: number, { sharing, standing, held, cut, isCutHeld }: CardState): number {
  let mixed = mix(hash, textNumber(sharing));
  mixed = mix(mixed, standing === null ? -1 : standing);
  mixed = mix(mixed, held);
  return mix(mixed, (cut === null ? 0 : textNumber(cut)) * 2 + (isCutHeld ? 1 : 0));
}
