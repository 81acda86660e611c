import type { ConfigOf } from '../../sharing/index.ts';
import { partitionOf, sriovGpuOf, vfCounts } from '../../sharing/modes/sriov/layout.ts';
import type { CanonicalRepartition } from '../canonical/repartition.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import type { Repartition } from '../repartition-types.ts';
import type { Fleet, HostGroup } from '../types.ts';
import { cardSpecOf } from './card-spec.ts';
import { choicesOf, HostLists } from './changes.ts';
import { HostNames } from './host-names.ts';

const us = (written: string) => readValid(durationQuantity, written);

/** The section in numbers. Hosts of a trace are named as written, one after another. */
export function resolveRepartition(rules: CanonicalRepartition, fleet: Fleet): readonly Repartition[] {
  const lists = fleet.kind === 'hosts' ? new HostLists(fleet.groups) : undefined;
  return rules.map((rule): Repartition => {
    const hosts = lists === undefined ? rule.hosts : lists.of(rule.hosts);
    const lookAhead = rule.creation === 'chosen' ? 'look-ahead' : 'driver';
    if (!('every' in rule)) return { kind: 'on-demand', hosts, creation: lookAhead };
    const reviews = {
      everyUs: rule.every === null ? null : us(rule.every),
      atUnserved: rule.atUnserved,
      gapUs: us(rule.gap),
    };
    if ('running' in rule) {
      return {
        kind: 'periodic',
        hosts,
        ...reviews,
        atChange: rule.atChange,
        running: rule.running,
        migratePath: rule.migrate,
        patienceUs: rule.patience === null ? null : us(rule.patience),
        runningWeight: rule.runningWeight,
        horizonUs: us(rule.horizon),
        creation: rule.creation === 'chosen' ? 'any-start' : 'driver-default',
      };
    }
    return {
      kind: 'defragment',
      hosts,
      creation: lookAhead,
      ...reviews,
      gainPerCost: rule.gainPerCost,
      maxMoves: rule.maxMoves === 1 ? 1 : 2,
      horizonUs: us(rule.horizon),
      migratePath: rule.migrate,
    };
  });
}

/**
 * The groups of which cards may be cut otherwise, with that said of them: instances made on demand, and each number of
 * virtual functions. Cards of vGPUs have any size when they are empty as it is.
 */
export function anyLayoutGroups(
  rules: readonly { readonly hosts: string | readonly string[]; readonly policy: string }[],
  groups: readonly HostGroup[],
): readonly HostGroup[] {
  const names = new HostNames(groups);
  const groupsWith = (policies: readonly string[]) =>
    new Set(
      rules
        .filter(({ policy }) => policies.includes(policy))
        .flatMap(({ hosts }) => choicesOf(names, typeof hosts === 'string' ? [hosts] : hosts))
        .map(({ group }) => group),
    );
  const anyLayout = groupsWith(['periodic']);
  const anyNumber = groupsWith(['periodic', 'on-demand']);
  return groups.flatMap((group, number): readonly HostGroup[] => {
    const { sharing } = group;
    if (sharing?.mode === 'sriov') return anyNumber.has(number) ? eachNumber(group, sharing) : [];
    if (!anyLayout.has(number) || sharing === null || !('layout' in sharing)) return [];
    return [{ ...group, sharing: { ...sharing, layout: null } }];
  });
}

function eachNumber(group: HostGroup, sharing: ConfigOf<'sriov'>): readonly HostGroup[] {
  return group.gpus.flatMap((gpu) => {
    const known = sriovGpuOf(cardSpecOf(group, gpu));
    if (known === undefined) return [];
    const partition = sharing.partition === null ? undefined : partitionOf(known, sharing);
    return vfCounts(known, partition).map((vfs) => ({ ...group, gpus: [gpu], sharing: { ...sharing, vfs } }));
  });
}
