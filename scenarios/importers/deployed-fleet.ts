import type { Problem } from '../../sim/scenario/index.ts';
import { configFor, type FileProblems } from './config-file.ts';
import { type DeployedFleet, type DeployedHosts, type GpuSharing, hostGroups } from './deployed-hosts.ts';

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
 * @param sharingsOf how the GPUs of a host are shared, GPU by GPU
 */
export function deployedFleet<Config>(
  hosts: readonly DeployedHosts[],
  configs: ReadonlyMap<string, Config>,
  problems: FileProblems,
  sharingsOf: (hosts: DeployedHosts, chosen: ChosenConfig<Config>) => readonly GpuSharing[],
): DeployedFleet {
  if (problems.list.length > 0) return { ok: false, problems: problems.list };
  const notes: string[] = [];
  const others: Problem[] = [];
  const groups = hosts.flatMap((each) => {
    const chosen = configFor(each, configs);
    if ('problem' in chosen) {
      others.push(chosen.problem);
      return [];
    }
    const made = hostGroups(each, sharingsOf(each, { ...chosen, notes }));
    notes.push(...made.notes);
    return made.groups;
  });
  const all = [...others, ...unique(problems.list)];
  if (all.length > 0) return { ok: false, problems: all };
  return { ok: true, hosts: groups, notes: [...new Set(notes)] };
}

/** Each problem once, though several GPUs have it. */
export function unique(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((each) => [JSON.stringify([each.path, each.message]), each])).values()];
}
