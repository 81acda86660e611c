/** Names of the placement policies, in the order in which help and reports list them. */
export const PLACEMENT_POLICY_NAMES = [
  'first-fit',
  'best-fit',
  'worst-fit',
  'random',
  'dot-product',
  'gpu-packing',
  'gpu-clustering',
  'fgd',
  'bid-price',
  'fastest',
] as const;

export type PlacementPolicyName = (typeof PLACEMENT_POLICY_NAMES)[number];

/** Policies that need a solver of linear programs. */
export const SOLVING_PLACEMENTS: readonly PlacementPolicyName[] = ['bid-price'];
