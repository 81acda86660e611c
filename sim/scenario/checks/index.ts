import type { Finding } from '../problem.ts';
import { type Check, checkContext } from './context.ts';
import { checkDistributions } from './distribution.ts';
import { checkExperiment } from './experiment.ts';
import { checkFleet } from './fleet.ts';
import { checkSeeds } from './seeds.ts';
import { checkSize } from './size.ts';
import { checkStructure } from './structure.ts';
import { checkTree } from './tree.ts';
import { checkWorkload } from './workload.ts';

/** Checks over several values, in the order in which problems are listed. */
const JOINT_CHECKS: readonly Check[] = [
  checkSeeds,
  checkFleet,
  checkWorkload,
  checkDistributions,
  checkExperiment,
];

/**
 * Everything that is wrong with a document, at once. Single values come first; checks over several values see
 * the sound ones only, so that one mistake is reported once. The size is estimated last, from what is whole.
 */
export function findProblems(document: unknown): readonly Finding[] {
  const tree = checkTree(document);
  if (!tree.isWalkable) return tree.findings;
  const single = [...tree.findings, ...checkStructure(document)];
  const context = checkContext(document, single);
  const joint = JOINT_CHECKS.flatMap((check) => check(context));
  const all = [...single, ...joint];
  return [...all, ...checkSize(checkContext(document, all))];
}
