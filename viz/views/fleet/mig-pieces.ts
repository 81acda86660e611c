import type { ReplayGeometry, ReplayPlacement } from '../../../sim/experiment/replay-header.ts';
import type { CardState, Occupant } from '../../../sim/observe/replay/index.ts';
import type { Slot } from '../../../sim/sharing/slot.ts';
import { PIECE, type Pieces } from './pieces.ts';

/**
 * The GPU instances of a card where they stand on its memory. The width of an instance is its memory units; its area is
 * its compute slices, so its height is the compute that it has for each unit of memory. Instances side by side that use
 * up all compute cover the same area whatever they are, memory that nobody has is an empty column, and compute that an
 * instance lacks for its memory is empty above it.
 */
export function migPieces(
  geometry: ReplayGeometry,
  card: CardState,
  own: readonly Occupant[],
  into: Pieces,
): void {
  const { standing, held } = card;
  const { placements } = geometry;
  if (standing !== null)
    for (let bit = 0; bit < placements.length; bit++) {
      if ((standing & (1 << bit)) === 0) continue;
      addInstance(geometry, placements[bit] as ReplayPlacement, (held & (1 << bit)) !== 0, own, into);
    }
  for (let i = 0; i < own.length; i++) {
    const slot = own[i]?.slot;
    if (slot === undefined || isAmong(geometry, standing ?? 0, slot)) continue;
    if (firstThere(own, slot) < i) continue;
    const placement = placementOf(geometry, slot);
    if (placement !== undefined) addInstance(geometry, placement, false, own, into);
    else into.add(PIECE.resident, i, 0, 0, 1, 1, slot.label);
  }
  addUnits(geometry, into);
}

/** Memory units that no instance has, one by one. */
function addUnits({ units }: ReplayGeometry, into: Pieces): void {
  const made = into.count;
  for (let unit = 0; unit < units; unit++) {
    const middle = (unit + 0.5) / units;
    let isFree = true;
    for (let i = 0; i < made && isFree; i++) {
      const x = into.x[i] as number;
      if (middle > x && middle < x + (into.width[i] as number)) isFree = false;
    }
    if (isFree) into.add(PIECE.free, -1, unit / units, 0, 1 / units, 1, '');
  }
}

/** Compute for each unit of memory of the instance that has most of it: instances as dense as that are as high as the card. */
function densest({ placements }: ReplayGeometry): number {
  let most = 0;
  for (const { computeSlices, size } of placements) most = Math.max(most, computeSlices / size);
  return most;
}

const NO_HEIGHT = 0.02;

function addInstance(
  geometry: ReplayGeometry,
  { profile, start, size, computeSlices }: ReplayPlacement,
  isHeld: boolean,
  own: readonly Occupant[],
  into: Pieces,
): void {
  const { units } = geometry;
  const x = start / units;
  const width = size / units;
  const height = Math.max(NO_HEIGHT, computeSlices / size / densest(geometry));
  const y = 1 - height;
  into.add(PIECE.instance, -1, x, y, width, height, profile, isHeld);
  const whole = (1000 * computeSlices) / geometry.computeSlices;
  let count = 0;
  let sum = 0;
  for (const { slot } of own) {
    if (slot?.start !== start || slot.size !== size) continue;
    count += 1;
    sum += partOf(slot, whole);
  }
  if (count === 0) {
    into.add(PIECE.free, -1, x, y, width, height, profile, isHeld);
    return;
  }
  // Thousandths are whole numbers: each part may be up to one short of what it is.
  const isFull = whole === 0 || sum > 1 - (count + 0.5) / whole;
  const scale = isFull || sum > 1 ? 1 / sum : 1;
  let at = 0;
  // By their numbers in the instance: what stays keeps its place in the order.
  let last = -1;
  let lastIndex = -1;
  for (let drawn = 0; drawn < count; drawn++) {
    let next = -1;
    let nextOrdinal = Number.POSITIVE_INFINITY;
    for (let i = 0; i < own.length; i++) {
      const slot = own[i]?.slot;
      if (slot?.start !== start || slot.size !== size) continue;
      const ordinal = ordinalOf(slot);
      if (ordinal < last || (ordinal === last && i <= lastIndex) || ordinal >= nextOrdinal) continue;
      next = i;
      nextOrdinal = ordinal;
    }
    const slot = own[next]?.slot;
    if (slot === undefined) break;
    const part = partOf(slot, whole) * scale;
    into.add(PIECE.resident, next, x + at * width, y, part * width, height, slot.label);
    at += part;
    last = nextOrdinal;
    lastIndex = next;
  }
  if (!isFull && at < 1) into.add(PIECE.free, -1, x + at * width, y, (1 - at) * width, height, '', isHeld);
}

function partOf({ milli }: Slot, whole: number): number {
  return whole > 0 ? Math.max(0.01, milli / whole) : 1;
}

/** `1c.3g.40gb@4#2` is the third in its instance. */
function ordinalOf({ label }: Slot): number {
  const at = label.lastIndexOf('#');
  if (at < 0) return 0;
  let value = 0;
  for (let i = at + 1; i < label.length; i++) value = 10 * value + label.charCodeAt(i) - 48;
  return value;
}

function isAmong({ placements }: ReplayGeometry, set: number, { start, size }: Slot): boolean {
  for (let bit = 0; bit < placements.length; bit++) {
    if ((set & (1 << bit)) === 0) continue;
    const placement = placements[bit] as ReplayPlacement;
    if (placement.start === start && placement.size === size) return true;
  }
  return false;
}

/** Index of the first occupant in the same instance. */
function firstThere(own: readonly Occupant[], { start, size }: Slot): number {
  return own.findIndex(({ slot }) => slot?.start === start && slot.size === size);
}

/** The instance that a slot is of, where it was made for it: by its name, or by its place and share where it has another. */
function placementOf({ placements, computeSlices }: ReplayGeometry, slot: Slot): ReplayPlacement | undefined {
  const { profile, start, size, computeShare } = slot;
  let best: ReplayPlacement | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const placement of placements) {
    if (placement.start !== start || placement.size !== size) continue;
    if (profile === placement.profile || profile.endsWith(`c.${placement.profile}`)) return placement;
    const distance = Math.abs(placement.computeSlices / computeSlices - computeShare);
    if (distance < least) {
      least = distance;
      best = placement;
    }
  }
  return best;
}
