import {
  canAdd,
  defaultPlacement,
  isLegal,
  layoutText,
  type MigGeometry,
  type MigPlacement,
  NO_PLACEMENTS,
  type PlacementSet,
  placementAt,
  placementsIn,
  refusal,
  refusalText,
} from '../../../hardware/index.ts';
import type { InstanceChoice } from '../../instance-layout.ts';
import type { Refusal } from '../../slot.ts';
import type { SizedProfile } from './shape.ts';
import { slicesOf, strandedSlices } from './stranded.ts';

/**
 * The GPU instances of one card that have a tenant. With a fixed layout the instances exist from the start; without
 * one each is made when its first tenant comes and destroyed when its last one goes. An instance never moves nor
 * changes size, but those of a fixed layout that have no tenant may be exchanged for others. The first one needs a card without clients: a card in MIG mode has none before its first instance.
 */
export class GpuInstances {
  readonly geometry: MigGeometry;
  #fixed: PlacementSet | null;
  #held: PlacementSet = NO_PLACEMENTS;
  #choice: InstanceChoice = defaultPlacement;
  readonly #allowed: PlacementSet;
  #used: PlacementSet = NO_PLACEMENTS;

  /** @param allowed placements of the profiles that requests can ask for */
  constructor(geometry: MigGeometry, fixed: PlacementSet | null, allowed: PlacementSet) {
    this.geometry = geometry;
    this.#fixed = fixed;
    this.#allowed = allowed;
  }

  /** Null: made on demand. */
  get fixed(): PlacementSet | null {
    return this.#fixed;
  }

  /** Instances that take no further tenant. */
  get held(): PlacementSet {
    return this.#held;
  }

  /** @throws {RangeError} if the layout is not legal, or an instance with a tenant is not in it */
  set(standing: PlacementSet, held: PlacementSet): void {
    const { geometry } = this;
    if (!isLegal(geometry, standing) || (this.#used & ~standing) !== 0) {
      throw new RangeError(
        `Cannot have the layout ${layoutText(geometry, standing)}: must be legal and hold ${layoutText(geometry, this.#used)}`,
      );
    }
    this.#fixed = standing;
    this.#held = held & standing;
  }

  steer(choice: InstanceChoice): void {
    this.#choice = choice;
  }

  get used(): PlacementSet {
    return this.#used;
  }

  /** Whether an instance without tenant stands here or can be made here. */
  isFree(placement: MigPlacement): boolean {
    if (this.fixed === null) return canAdd(this.geometry, this.#used, placement);
    return (this.fixed & ~this.#used & (1 << placement.index)) !== 0;
  }

  take(placement: MigPlacement): void {
    this.#used |= 1 << placement.index;
  }

  giveBack(placement: MigPlacement): void {
    this.#used &= ~(1 << placement.index);
  }

  /** Whether an instance of the profile can ever be had. */
  has(sized: SizedProfile): boolean {
    return this.fixed === null || (this.fixed & this.geometry.ofProfile[sized.index]!) !== 0;
  }

  /** An instance of the profile without tenant: the driver's choice, or the first free one of the fixed layout. */
  find(sized: SizedProfile, start: number | null): MigPlacement | Refusal {
    const own = this.geometry.ofProfile[sized.index]!;
    if (this.fixed === null) return this.#make(sized, start);
    const standing = placementsIn(this.geometry, this.fixed & own).filter(
      (each) => start === null || each.start === start,
    );
    const free = standing.find((each) => this.isFree(each) && (this.#held & (1 << each.index)) === 0);
    if (free !== undefined) return free;
    const where = start === null ? '' : ` at ${start}`;
    return {
      refused: 'mig-no-free-instance',
      detail:
        standing.length === 0
          ? `the layout has no ${sized.profile.name}${where}`
          : `all ${standing.length} instances of ${sized.profile.name}${where} of the layout are in use${(this.#held & own) === 0 ? '' : ' or about to be changed'}`,
    };
  }

  /** Thousandths of the card in slices that nobody can have. */
  strandedMilli(): number {
    const { geometry } = this;
    const total = geometry.model.gpuSlicesTotal;
    const slices =
      this.fixed === null
        ? strandedSlices(geometry, this.#used, this.#allowed)
        : total - slicesOf(geometry, this.fixed);
    return Math.floor((1000 * slices) / total);
  }

  #make(sized: SizedProfile, start: number | null): MigPlacement | Refusal {
    const { geometry } = this;
    if (start === null) {
      const placement = this.#choice(geometry, this.#used, sized.index);
      if (placement !== undefined) return placement;
    }
    // Of all the starts, the one that comes closest to being free explains the refusal.
    let explained: Refusal | undefined;
    for (const at of start === null ? sized.profile.starts : [start]) {
      const placement = placementAt(geometry, sized.profile, at) as MigPlacement;
      const refused = refusal(geometry, this.#used, placement);
      if (refused === undefined) return placement;
      const detail = refusalText(placement, refused);
      if (refused.rule === 'engine-budget') return { refused: 'mig-engines', detail };
      if (refused.rule === 'max-instances') return { refused: 'mig-max-instances', detail };
      explained ??= { refused: 'mig-geometry', detail };
    }
    return explained as Refusal;
  }
}
