import type { HostGroup, Scenario } from '../../scenario/types.ts';
import { at, changedGroups, gpusOf, type Ladder, type Settings, statedGroups } from './candidate.ts';
import type { Stated } from './stated.ts';

/** What there may be less of: hosts of each group down to none, GPUs of each host, and all host groups in proportion. */
export function laddersOf(scenario: Scenario, stated: Stated): readonly Ladder[] {
  const { fleet } = scenario;
  if (fleet.kind === 'trace') return [partOfTrace(fleet.keep)];
  const groups = changedGroups(scenario);
  const isOnly = fleet.groups.length === 1;
  const all = statedGroups(fleet);
  return [
    ...groups.map((group) => hostsOf(group, isOnly)).filter(({ from, least }) => from > least),
    ...groups.flatMap((group) => gpusOfEach(group, stated) ?? []),
    ...(all.length > 1 && all.some(({ count }) => count > 1) ? [proportionally(all)] : []),
  ];
}

const hosts = (count: number) => `${count} ${count === 1 ? 'host' : 'hosts'}`;

function hostsOf({ name, count }: HostGroup, isOnly: boolean): Ladder {
  return {
    from: count,
    least: isOnly ? 1 : 0,
    at: (left) => ({
      text: left === 0 ? `without ${name}` : `${hosts(left)} of ${name} in place of ${count}`,
      set: left === 0 ? at(['fleet', 'hosts', name], null) : at(['fleet', 'hosts', name, 'count'], left),
      takesAway: true,
    }),
  };
}

function gpusOfEach({ name, gpus, count }: HostGroup, stated: Stated): Ladder | undefined {
  const [only, ...others] = gpus;
  if (only === undefined || others.length > 0 || only.count < 2) return undefined;
  const written = stated.gpusOf(name)[0];
  const each = count === 1 ? name : `each host of ${name}`;
  return {
    from: only.count,
    least: 1,
    at: (left) => ({
      text: `${left} ${left === 1 ? 'GPU' : 'GPUs'} in ${each} in place of ${only.count}`,
      set: at(['fleet', 'hosts', name, 'gpus'], [{ ...written, count: left }]),
      takesAway: true,
    }),
  };
}

const PERCENT = 100;

/** So many percent of the hosts of each group, one at least. */
function proportionally(groups: readonly HostGroup[]): Ladder {
  return {
    from: PERCENT,
    least: 1,
    at: (percent) => ({
      text: `${percent} % of the hosts of each group (${groups.reduce((sum, group) => sum + gpusOf({ ...group, count: part(group, percent) }), 0)} GPUs)`,
      set: Object.assign(
        {},
        ...groups.map((group): Settings => at(['fleet', 'hosts', group.name, 'count'], part(group, percent))),
      ) as Settings,
      takesAway: true,
    }),
  };
}

const part = ({ count }: HostGroup, percent: number) => Math.ceil((count * percent) / PERCENT);

/** Hosts of a trace are counted where they are known, else taken by part. */
function partOfTrace(keep: { readonly hosts: number } | { readonly share: number } | null): Ladder {
  const isCounted = keep !== null && 'hosts' in keep;
  const from = isCounted ? keep.hosts : Math.floor((keep?.share ?? 1) * PERCENT);
  return {
    from,
    least: 1,
    at: (left) => ({
      text: isCounted
        ? `${hosts(left)} of the trace in place of ${from}`
        : `${left} % of the hosts of the trace`,
      set: at(['fleet', 'trace', 'keep'], isCounted ? left : `${left}%`),
      takesAway: true,
    }),
  };
}
