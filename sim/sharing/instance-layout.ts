import type { MigGeometry, MigPlacement, PlacementSet } from '../hardware/index.ts';
import type { Card } from './mode.ts';
import type { Slot } from './slot.ts';

/** Where an instance of a profile is made beside a layout; undefined where it cannot be. */
export type InstanceChoice = (
  geometry: MigGeometry,
  layout: PlacementSet,
  profileIndex: number,
) => MigPlacement | undefined;

/** The GPU instances of one card, which can come and go one by one while others have tenants. */
export interface InstanceLayout {
  readonly geometry: MigGeometry;
  /** Instances that stand; null: each is made when its first tenant comes and destroyed when its last one goes. */
  readonly standing: PlacementSet | null;
  /** Those that take no further tenant. */
  readonly held: PlacementSet;
  /** Those that have a tenant. */
  readonly used: PlacementSet;
  /**
   * Says which instances stand from now on and which of them take no further tenant.
   *
   * @throws {RangeError} if the layout is not legal, or leaves out an instance that has a tenant; nothing changes then
   */
  set(standing: PlacementSet, held: PlacementSet): void;
  /** Lets instances that are made on demand be made where `choice` says, in place of the driver's default. */
  steer(choice: InstanceChoice): void;
  /** From now on `twin` answers what the card could give when it is empty. */
  setEmptyTwin(twin: Card): void;
  /** The instance that a slot of this card is, or is in. */
  placementOf(slot: Slot): MigPlacement;
  /** A slot like this one in an instance of the same profile elsewhere; it need not be free. */
  slotAt(slot: Slot, placement: MigPlacement): Slot;
}
