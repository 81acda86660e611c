import type { PlacementPolicy } from './policy.ts';

/**
 * Adds up the scores of several policies by weight. Scores span 0 to 100, those of worst-fit are brought to that. GPUs
 * are chosen by the policy with the greatest weight, the first of equals.
 *
 * @param parts at least one, weights above 0
 */
export function weightedPlacement(
  parts: readonly { readonly policy: PlacementPolicy; readonly weight: number }[],
): PlacementPolicy {
  const main = parts.reduce((most, each) => (each.weight > most.weight ? each : most));
  return {
    name: main.policy.name,
    summary: `sum of scores: ${parts.map(({ policy, weight }) => `${weight} ${policy.name}`).join(' + ')}`,
    source: 'weighted sum, as the score plug-ins of the Kubernetes scheduler',
    create: (context, hosts) => {
      const scorers = parts.map(({ policy, weight }) => ({
        scorer: policy.create(context, hosts),
        factor: weight * (policy.scoreFactor ?? 1),
        isMain: policy === main.policy,
      }));
      const chooser = scorers.find(({ isMain }) => isMain)?.scorer ?? main.policy.create(context, hosts);
      return {
        score: (host, shape) =>
          scorers.reduce((sum, { scorer, factor }) => sum + factor * scorer.score(host, shape), 0),
        chooseGpus: (host, shape, gpus) => chooser.chooseGpus(host, shape, gpus),
      };
    },
  };
}
