import type { Finding } from '../problem.ts';
import { checkAlerts } from './alerts.ts';
import { checkArrivals } from './arrivals.ts';
import { checkChanges } from './changes.ts';
import { type Check, checkContext } from './context.ts';
import { checkCost } from './cost.ts';
import { checkDemands } from './demand.ts';
import { checkDistributions } from './distribution.ts';
import { checkElastic } from './elastic.ts';
import { checkExperiment } from './experiment.ts';
import { checkFaults } from './faults.ts';
import { checkFleet } from './fleet.ts';
import { checkLayouts } from './layout.ts';
import { checkLicences } from './licences.ts';
import { checkMetrics } from './metrics.ts';
import { checkObjectives } from './objectives.ts';
import { checkOverheads } from './overheads.ts';
import { checkPlaces } from './places.ts';
import { checkPolicy } from './policy.ts';
import { checkPresets } from './presets.ts';
import { checkRepartition } from './repartition.ts';
import { checkSeeds } from './seeds.ts';
import { checkServices } from './services.ts';
import { checkSessions } from './sessions.ts';
import { checkSharing } from './sharing.ts';
import { checkSize } from './size.ts';
import { checkSlotFit } from './slot-fit.ts';
import { checkStructure } from './structure.ts';
import { checkTree } from './tree.ts';
import { checkWorkload } from './workload.ts';

/** Checks over several values, in the order in which problems are listed. */
const JOINT_CHECKS: readonly Check[] = [
  checkSeeds,
  checkFleet,
  checkPlaces,
  checkSharing,
  checkDemands,
  checkLayouts,
  checkPresets,
  checkWorkload,
  checkServices,
  checkSessions,
  checkArrivals,
  checkDistributions,
  checkChanges,
  checkRepartition,
  checkFaults,
  checkElastic,
  checkLicences,
  checkCost,
  checkAlerts,
  checkMetrics,
  checkPolicy,
  checkOverheads,
  checkExperiment,
  checkObjectives,
];

/** Checks that need all else to be sound: what is not is left out of them. */
const LAST_CHECKS: readonly Check[] = [checkSlotFit, checkSize];

/**
 * Everything that is wrong with a document, at once. Single values come first; checks over several values see
 * the sound ones only, so that one mistake is reported once. What the fleet could give, and the size, come last.
 */
export function findProblems(document: unknown): readonly Finding[] {
  const tree = checkTree(document);
  if (!tree.isWalkable) return tree.findings;
  const single = [...tree.findings, ...checkStructure(document)];
  const context = checkContext(document, single);
  const joint = JOINT_CHECKS.flatMap((check) => check(context));
  const all = [...single, ...joint];
  const rest = checkContext(document, all);
  return [...all, ...LAST_CHECKS.flatMap((check) => check(rest))];
}
