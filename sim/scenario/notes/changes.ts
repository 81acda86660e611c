import { canonicalChange } from '../canonical/changes.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import { type ChangeStep, changeSteps, type PlannedSharing } from '../resolve/change-steps.ts';
import { choicesOf } from '../resolve/changes.ts';
import { HostNames } from '../resolve/host-names.ts';
import { resolveSharing } from '../resolve/sharing.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { HostGroup, Scenario } from '../types.ts';
import type { Remark } from './remark.ts';

/** Planned changes that change nothing, or take no time. */
export function changeNotes({ changes = [] }: ScenarioDocument, { fleet }: Scenario): readonly Remark[] {
  const groups = fleet.kind === 'hosts' ? fleet.groups : [];
  const names = new HostNames(groups);
  const canonical = changes.map(canonicalChange);
  const planned = canonical.map(
    ({ at, hosts, sharing }): PlannedSharing => ({
      atUs: readValid(durationQuantity, at),
      hosts: choicesOf(names, hosts),
      sharing: sharing === null ? null : resolveSharing(sharing),
    }),
  );
  const remarks: Remark[] = [];
  for (const step of changeSteps(groups, planned)) {
    const { sharing } = planned[step.change] as PlannedSharing;
    const path = ['changes', step.change];
    if (sharing != null) {
      const why = whyNothingChanges(step, JSON.stringify(sharing), groups);
      if (why !== undefined) remarks.push([[...path, 'sharing'], `has no effect: ${why}`]);
    } else if (readValid(durationQuantity, canonical[step.change]?.closed ?? '0s') === 0) {
      remarks.push([path, 'takes no time: the hosts open again as soon as they are empty']);
    }
  }
  return remarks;
}

function whyNothingChanges(
  { before }: ChangeStep,
  after: string,
  groups: readonly HostGroup[],
): string | undefined {
  const withGpus = [...before].filter(([group]) => (groups[group]?.gpus.length ?? 0) > 0);
  if (withGpus.length === 0) return 'the hosts have no GPU';
  const isAsBefore = withGpus.every(([, states]) =>
    [...states].every((state) => state !== null && JSON.stringify(state) === after),
  );
  return isAsBefore ? 'the hosts share their GPUs so already' : undefined;
}
