import { bestFit } from './best-fit.ts';
import { bidPrice } from './bid-price.ts';
import { dotProduct } from './dot-product.ts';
import { fastest } from './fastest.ts';
import { fgd } from './fgd.ts';
import { firstFit } from './first-fit.ts';
import { gpuClustering } from './gpu-clustering.ts';
import { gpuPacking } from './gpu-packing.ts';
import { PLACEMENT_POLICY_NAMES, type PlacementPolicyName } from './names.ts';
import type { PlacementPolicy } from './policy.ts';
import { random } from './random.ts';
import { worstFit } from './worst-fit.ts';

const byName: Readonly<Record<PlacementPolicyName, PlacementPolicy>> = {
  'first-fit': firstFit,
  'best-fit': bestFit,
  'worst-fit': worstFit,
  random,
  'dot-product': dotProduct,
  'gpu-packing': gpuPacking,
  'gpu-clustering': gpuClustering,
  fgd,
  'bid-price': bidPrice,
  fastest,
};

/** All placement policies in listing order. */
export const PLACEMENT_POLICIES: readonly PlacementPolicy[] = PLACEMENT_POLICY_NAMES.map(
  (name) => byName[name],
);

/** The policy of that name. */
export function placementPolicy(name: PlacementPolicyName): PlacementPolicy {
  return byName[name];
}
