/** What re-partitioning uses of the MIG geometry. */
export {
  canAdd,
  creatable,
  defaultPlacement,
  isLegal,
  layoutText,
  type MigGeometry,
  type MigPlacement,
  mixOf,
  NO_PLACEMENTS,
  type PlacementSet,
  placementCount,
  placementsIn,
} from '../../hardware/index.ts';
export { lowestIndex } from '../../hardware/mig/placements.ts';
