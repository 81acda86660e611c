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
  'fastest',
] as const;

export type PlacementPolicyName = (typeof PLACEMENT_POLICY_NAMES)[number];
