import type { Problem } from '../../sim/scenario/index.ts';
import { type ConfigRules, chosenConfig, Remarks } from './chosen-config.ts';
import type { FileProblems } from './config-file.ts';
import {
  type DeployedFleet,
  type DeployedHosts,
  type GpuSharing,
  groupAsBefore,
  hostGroups,
  partNames,
} from './deployed-hosts.ts';

/** The configuration that hosts have, by its name, and where notes on it go. */
export interface ChosenConfig<Config> {
  readonly name: string;
  readonly config: Config;
  readonly notes: string[];
}

/**
 * The hosts, each group by the configuration that it has of a file: host groups of a scenario, or every problem at once.
 *
 * @param problems of the file; those that hosts show join them
 * @param rules which hosts take which configuration
 * @param sharingsOf how the GPUs of a host are shared, GPU by GPU
 */
export function deployedFleet<Config>(
  hosts: readonly DeployedHosts[],
  configs: ReadonlyMap<string, Config>,
  problems: FileProblems,
  rules: ConfigRules<Config>,
  sharingsOf: (hosts: DeployedHosts, chosen: ChosenConfig<Config>) => readonly GpuSharing[],
): DeployedFleet {
  if (problems.list.length > 0) return { ok: false, problems: problems.list };
  const notes: string[] = [];
  const others: Problem[] = [];
  const remarks = new Remarks(rules.label);
  const labels = new Set(hosts.flatMap(({ origin }) => (origin?.kind === 'scenario' ? [origin.label] : [])));
  const names = partNames(hosts);
  const groups = hosts.flatMap((each) => {
    const choice = chosenConfig(each, configs, rules, labels);
    if (choice.kind === 'wrong') {
      others.push(choice.problem);
      return [];
    }
    if (choice.remark !== null) remarks.add(choice.remark, each);
    if (choice.kind === 'kept') return [groupAsBefore(each)];
    const { name, config } = choice;
    const made = hostGroups(each, sharingsOf(each, { name, config, notes }), names);
    notes.push(...made.notes);
    return made.groups;
  });
  const all = [...others, ...unique(problems.list)];
  if (all.length > 0) return { ok: false, problems: all };
  return { ok: true, hosts: groups, notes: [...remarks.notes, ...new Set(notes)] };
}

/** Each problem once, though several GPUs have it. */
export function unique(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((each) => [JSON.stringify([each.path, each.message]), each])).values()];
}
