import { sizableGroups } from '../../../scenario/checks/plan-replicas.ts';
import { normalizeScenario } from '../../../scenario/normalize.ts';
import type { ScenarioDocument } from '../../../scenario/schema/scenario.ts';
import { costFloor, type Minimised } from '../cost-floor.ts';

/** Of the dearest: what has no price has this one, so that of equally cheap choices the one with fewer hosts is taken. */
const LEAST_PART = 1e-6;

/**
 * What one more host costs of each group that can be cut, in what a plan has least of.
 *
 * @returns undefined where it makes no difference, or cannot be said: then there are to be few cards
 */
export function hostCosts(
  document: ScenarioDocument,
  minimise: Minimised,
): ReadonlyMap<string, number> | undefined {
  const groups = sizableGroups(document);
  if (groups.length < 2 || minimise === 'gpus') return undefined;
  if (minimise === 'hosts') return new Map(groups.map(({ group }) => [group.name, 1]));
  const costs = new Map<string, number>();
  for (const { group } of groups) {
    const [one, two] = [1, 2].map((count) => costWith(document, group.name, count));
    if (one === undefined || two === undefined) return undefined;
    costs.set(group.name, Math.max(0, two - one));
  }
  const dearest = Math.max(...costs.values());
  if (dearest === 0) return undefined;
  return new Map([...costs].map(([name, cost]) => [name, Math.max(cost, LEAST_PART * dearest)]));
}

/** What a fleet costs at least with so many hosts of a group; undefined where that is no valid scenario, or has no prices. */
function costWith(document: ScenarioDocument, name: string, count: number): number | undefined {
  const hosts = document.fleet.hosts?.map((group) => (group.name === name ? { ...group, count } : group));
  const read = normalizeScenario({ ...document, fleet: { ...document.fleet, hosts } });
  if (!read.ok || read.scenario.cost === null) return undefined;
  return costFloor(read.scenario, {}, 'cost');
}
