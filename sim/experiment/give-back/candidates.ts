import type { Bucket } from '../../observe/waterfall/buckets.ts';
import type { Scenario } from '../../scenario/types.ts';
import type { Candidate, Ladder } from './candidate.ts';
import {
  checkpointsEvery,
  firstCheckpoints,
  largerProfiles,
  otherStarts,
  smallerAsks,
} from './demand-changes.ts';
import { laddersOf } from './fewer.ts';
import {
  bestEffort,
  defragmenting,
  moreCpu,
  moreGpuMemory,
  moreMemory,
  otherCuts,
  otherLayouts,
  otherModes,
} from './fleet-changes.ts';
import {
  calmerRepartition,
  gentlerPreemption,
  looserLimits,
  moreLicenceServers,
  moreLicences,
  otherFills,
  otherPlacements,
  repairs,
  shorterDrains,
  withoutRounds,
} from './rule-changes.ts';
import type { Stated } from './stated.ts';

/** What may be tried for a bucket: changes, and numbers of which the least is sought. */
interface Tries {
  readonly candidates: readonly Candidate[];
  readonly ladders: readonly Ladder[];
}

/**
 * Changes to try for a bucket, one thing each; none where the scenario has nothing that would move it.
 *
 * @param causes of the bucket in the run
 */
export function triesFor(
  bucket: Bucket,
  causes: ReadonlySet<string>,
  scenario: Scenario,
  stated: Stated,
): Tries {
  if (bucket === 'no-demand') return { candidates: [], ladders: laddersOf(scenario, stated) };
  return { candidates: candidatesFor(bucket, causes, scenario, stated), ladders: [] };
}

function candidatesFor(
  bucket: Exclude<Bucket, 'no-demand'>,
  causes: ReadonlySet<string>,
  scenario: Scenario,
  stated: Stated,
): readonly Candidate[] {
  const onlyFor = (cause: string, tries: () => readonly Candidate[]) => (causes.has(cause) ? tries() : []);
  switch (bucket) {
    case 'useful':
      return [];
    case 'redone':
      return [
        ...gentlerPreemption(scenario),
        ...checkpointsEvery(1 / 2, scenario, stated),
        ...firstCheckpoints(scenario, stated),
      ];
    case 'overhead':
      return [
        ...onlyFor('mode', () => otherModes(scenario)),
        ...onlyFor('gang', () => otherPlacements(scenario)),
        ...onlyFor('checkpoints', () => checkpointsEvery(2, scenario, stated)),
      ];
    case 'idle':
      return [...bestEffort(scenario, stated), ...smallerAsks(scenario, stated)];
    case 'cpu':
      return moreCpu(scenario);
    case 'memory':
      return moreMemory(scenario);
    case 'gpu-memory':
      return [
        ...moreGpuMemory(scenario, stated),
        ...otherLayouts(scenario, stated),
        ...otherCuts(scenario, stated),
        ...smallerAsks(scenario, stated),
        ...largerProfiles(scenario, stated),
      ];
    case 'geometry':
      return [
        ...otherLayouts(scenario, stated),
        ...otherCuts(scenario, stated),
        ...otherPlacements(scenario),
        ...defragmenting(scenario),
        ...smallerAsks(scenario, stated),
      ];
    case 'limits':
      return looserLimits(scenario, stated);
    case 'order':
      return [...otherFills(scenario), ...withoutRounds(scenario)];
    case 'licence':
      return [...moreLicences(scenario), ...onlyFor('closed:licence', () => moreLicenceServers(scenario))];
    case 'changing':
      return [
        ...onlyFor('starting', () => otherStarts(scenario)),
        ...onlyFor('saving', () => gentlerPreemption(scenario)),
        ...calmerRepartition(scenario),
      ];
    case 'failed':
      return [...repairs(scenario), ...onlyFor('closed:maintenance', () => shorterDrains(scenario))];
  }
}
