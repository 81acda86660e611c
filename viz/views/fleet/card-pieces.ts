import type { CardState, Occupant, ReplayState } from '../../../sim/observe/replay/index.ts';
import type { SharingConfig } from '../../../sim/sharing/config.ts';
import { type FleetFacts, sharingOf } from './facts.ts';
import { migPieces } from './mig-pieces.ts';
import { PIECE, type Pieces } from './pieces.ts';

/**
 * The rectangles of a card: everybody on it once, and what is free of it. What has a place of its own in the card's
 * memory or hardware stands side by side; tenants that take turns on all of the card lie one above the other.
 */
export function cardPieces(facts: FleetFacts, state: ReplayState, gpu: number, into: Pieces): void {
  into.clear();
  const own = state.occupants[gpu] ?? [];
  const card = state.cards[gpu];
  const model = facts.modelOfGpu[gpu] as number;
  if (card === undefined) {
    stack(own, false, into);
    return;
  }
  const config = sharingOf(card.sharing);
  const geometry = facts.geometries[model];
  if (geometry !== undefined && isCutIntoInstances(config)) {
    migPieces(geometry, card, own, into);
    return;
  }
  if (own.length === 1 && own[0]?.slot?.profile === 'whole') {
    into.add(PIECE.resident, 0, 0, 0, 1, 1, 'whole');
    return;
  }
  if (config.mode === 'vgpu' && config.sizes === 'mixed')
    mixedSizes(facts.memoryGib[model] ?? 0, card, own, into);
  else if (config.mode === 'vgpu') equalPlaces(equalCount(card, own), own, into);
  else if (config.mode === 'sriov') functions(functionCount(card, config.vfs), own, into);
  else {
    const places = placeCount(config);
    if (places > 0) turns(places, config.mode === 'mps', own, into);
    else stack(own, config.mode === 'uvm-swap' || config.mode === 'mps', into);
  }
}

function isCutIntoInstances(config: SharingConfig): boolean {
  return (
    config.mode === 'mig' ||
    config.mode === 'mig-vgpu' ||
    (config.mode === 'time-slicing' && config.profile !== null)
  );
}

/** Tenants that one card takes, each with an equal turn; 0 where they differ in size. */
function placeCount(config: SharingConfig): number {
  if (config.mode === 'time-slicing') return config.profile === null ? config.replicas : 0;
  if (config.mode === 'mps') return config.clients ?? 0;
  if (config.mode === 'api-remoting') return config.sessions;
  if (config.mode === 'paravirtual' || config.mode === 'software' || config.mode === 'edge-pool')
    return config.tenants;
  return 0;
}

/** Shares by thousandths; what is left is free. */
function stack(own: readonly Occupant[], isByTurns: boolean, into: Pieces): void {
  let sum = 0;
  for (const { milli } of own) sum += milli;
  const scale = 1 / Math.max(1000, sum);
  let at = 0;
  for (let i = 0; i < own.length; i++) {
    const { milli, slot } = own[i] as Occupant;
    add(PIECE.resident, i, at, milli * scale, slot?.label ?? '', isByTurns, into);
    at += milli * scale;
  }
  if (sum < 1000) add(PIECE.free, -1, at, 1 - at, '', isByTurns, into);
}

/** Equal places for tenants that take turns: some take more than one place. */
function turns(places: number, isClient: boolean, own: readonly Occupant[], into: Pieces): void {
  let taken = 0;
  for (const { slot } of own) taken += isClient ? 1 : (slot?.size ?? 1);
  const part = 1 / Math.max(places, taken);
  let at = 0;
  for (let i = 0; i < own.length; i++) {
    const { slot } = own[i] as Occupant;
    const size = (isClient ? 1 : (slot?.size ?? 1)) * part;
    add(PIECE.resident, i, at, size, slot?.label ?? '', true, into);
    at += size;
  }
  for (let place = taken; place < places; place++) add(PIECE.free, -1, place * part, part, '', true, into);
}

function equalPlaces(places: number, own: readonly Occupant[], into: Pieces): void {
  const part = 1 / Math.max(1, places);
  for (let i = 0; i < own.length; i++)
    add(PIECE.resident, i, i * part, part, own[i]?.slot?.label ?? '', false, into);
  for (let place = own.length; place < Math.max(1, places); place++)
    add(PIECE.free, -1, place * part, part, '', false, into);
}

/** Virtual functions stand at their numbers. */
function functions(count: number, own: readonly Occupant[], into: Pieces): void {
  let places = Math.max(1, count);
  for (const { slot } of own) places = Math.max(places, (slot?.start ?? 0) + 1);
  const part = 1 / places;
  for (let place = 0; place < places; place++) {
    let at = -1;
    for (let i = 0; i < own.length && at < 0; i++) if (own[i]?.slot?.start === place) at = i;
    if (at >= 0) add(PIECE.resident, at, place * part, part, own[at]?.slot?.label ?? '', false, into);
    else add(PIECE.free, -1, place * part, part, '', false, into);
  }
}

/** vGPUs of mixed sizes stand at their GiB; what lies between is free, cut as the card's cut says. */
function mixedSizes(memoryGib: number, card: CardState, own: readonly Occupant[], into: Pieces): void {
  const cut = card.cut === null ? undefined : placesOf(card.cut);
  let units = memoryGib;
  for (const { slot } of own) units = Math.max(units, (slot?.start ?? 0) + (slot?.size ?? 0));
  for (const { start, size } of cut ?? []) units = Math.max(units, start + size);
  units = Math.max(1, units);
  for (let i = 0; i < own.length; i++) {
    const slot = own[i]?.slot;
    if (slot !== undefined)
      add(PIECE.resident, i, slot.start / units, slot.size / units, slot.label, false, into);
  }
  let at = 0;
  while (at < units) {
    const here = stretchAt(own, at);
    const end = here >= 0 ? at + here : nextStart(own, at, units);
    if (here < 0) freeStretch(cut, at, end, units, card.isCutHeld, into);
    at = end;
  }
}

/** GiB of the vGPU that covers a place, from there on; -1 where it is free. */
function stretchAt(own: readonly Occupant[], at: number): number {
  for (const { slot } of own)
    if (slot !== undefined && slot.start <= at && at < slot.start + slot.size)
      return slot.start + slot.size - at;
  return -1;
}

function nextStart(own: readonly Occupant[], at: number, units: number): number {
  let next = units;
  for (const { slot } of own) if (slot !== undefined && slot.start > at) next = Math.min(next, slot.start);
  return next;
}

function freeStretch(
  cut: readonly CutPlace[] | undefined,
  from: number,
  to: number,
  units: number,
  isHeld: boolean,
  into: Pieces,
): void {
  let at = from;
  for (const { start, size, text } of cut ?? []) {
    if (start < at || start + size > to) continue;
    if (start > at) into.add(PIECE.free, -1, at / units, 0, (start - at) / units, 1, '', isHeld);
    into.add(PIECE.free, -1, start / units, 0, size / units, 1, text, isHeld);
    at = start + size;
  }
  if (at < to) into.add(PIECE.free, -1, at / units, 0, (to - at) / units, 1, '', isHeld);
}

interface CutPlace {
  readonly text: string;
  readonly start: number;
  readonly size: number;
}

const cuts = new Map<string, readonly CutPlace[]>();

/** `8 GiB@0, 4 GiB@8`: parts by where they start. */
function placesOf(text: string): readonly CutPlace[] {
  let places = cuts.get(text);
  if (places === undefined) {
    places = [...text.matchAll(/([\d.]+) GiB@(\d+)/g)].map(([whole, size, start]) => ({
      text: whole,
      start: Number(start),
      size: Number(size),
    }));
    cuts.set(text, places);
  }
  return places;
}

const counts = new Map<string, number>();

/** The number that a cut begins with: `6 x 4 GiB`, `4 VFs`; 0 where there is none. */
function countIn(cut: string | null): number {
  if (cut === null) return 0;
  let count = counts.get(cut);
  if (count === undefined) {
    count = Number(/^(\d+) /.exec(cut)?.[1] ?? 0);
    counts.set(cut, count);
  }
  return count;
}

function functionCount({ cut }: CardState, vfs: number): number {
  return countIn(cut) || vfs;
}

/** vGPUs of one size that the card has room for. */
function equalCount({ cut }: CardState, own: readonly Occupant[]): number {
  let largest = 0;
  for (const { milli } of own) largest = Math.max(largest, milli);
  const bySize = largest > 0 ? Math.floor(1000 / largest) : 1;
  return Math.max(countIn(cut) || bySize, own.length);
}

function add(
  kind: 0 | 1,
  occupant: number,
  at: number,
  length: number,
  label: string,
  isRow: boolean,
  into: Pieces,
): void {
  if (isRow) into.add(kind, occupant, 0, at, 1, length, label);
  else into.add(kind, occupant, at, 0, length, 1, label);
}
