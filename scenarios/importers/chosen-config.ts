import type { Problem } from '../../sim/scenario/index.ts';
import { nameHint } from '../../sim/scenario/nearest-name.ts';
import type { DeployedHosts } from './deployed-hosts.ts';

/** Which hosts the configurations of a kind of file are for, where hosts do not say which one they take. */
export interface ConfigRules<Config> {
  /** Label by which the tool that reads the file finds the configuration of a node. */
  readonly label: string;
  /** Whether such a file can be for hosts of a scenario, if it is said to be. */
  readonly canTake: (hosts: DeployedHosts) => boolean;
  /** Whether a configuration is about what hosts of a scenario are shared by, so that they may take it without its name. */
  readonly isAbout: (hosts: DeployedHosts, config: Config) => boolean;
  /** What the tool takes on a node without the label, in this order: a name, or the only one. Empty: nothing. */
  readonly unlabelled: readonly ({ readonly name: string } | 'only')[];
}

/** What some hosts have in common, for a note that names them all. */
export type Remark =
  | 'no-gpus'
  | 'not-wanted'
  | 'no-hosts'
  | 'other-mode'
  | 'no-name'
  | 'no-line'
  | 'no-label'
  | 'took-only'
  | 'took-unlabelled';

export type Choice<Config> =
  | { readonly kind: 'taken'; readonly name: string; readonly config: Config; readonly remark: Remark | null }
  | { readonly kind: 'kept'; readonly remark: Remark }
  | { readonly kind: 'wrong'; readonly problem: Problem };

/** Why hosts of a scenario keep what they have, whatever the file says; null: it may be for them. */
export function keptAnyway({ origin, gpus, count }: DeployedHosts): Remark | null {
  if (origin?.kind !== 'scenario') return null;
  if (origin.isWanted === false) return 'not-wanted';
  if (gpus.length === 0) return 'no-gpus';
  return count === 0 ? 'no-hosts' : null;
}

/**
 * The configuration that hosts take: that which they name. Without one, hosts of a scenario take that of their own name, or
 * the only one if it is nobody's and about how they are shared, and else keep what they have; nodes take what the tool
 * takes without its label; hosts stated for the file take that of their own name, else the only one.
 *
 * @param labels of all groups of the scenario: a configuration called so is theirs
 */
export function chosenConfig<Config>(
  hosts: DeployedHosts,
  configs: ReadonlyMap<string, Config>,
  rules: ConfigRules<Config>,
  labels: ReadonlySet<string>,
): Choice<Config> {
  const { origin } = hosts;
  const kept = keptAnyway(hosts);
  if (kept !== null) return { kind: 'kept', remark: kept };
  const take = (name: string, remark: Remark | null = null): Choice<Config> => {
    const config = configs.get(name);
    return config === undefined
      ? { kind: 'wrong', problem: unknownConfig(hosts, configs) }
      : { kind: 'taken', name, config, remark };
  };
  const only = configs.size === 1 ? [...configs.keys()][0] : undefined;
  if (origin?.kind === 'scenario') {
    const isWanted = origin.isWanted === true;
    if (hosts.config !== null) {
      if (!configs.has(hosts.config) || isWanted || rules.canTake(hosts)) return take(hosts.config);
      return { kind: 'kept', remark: 'other-mode' };
    }
    if (configs.has(origin.label)) return take(origin.label);
    if (isWanted) return take(only ?? '');
    const config = only === undefined || labels.has(only) ? undefined : configs.get(only);
    if (config === undefined) return { kind: 'kept', remark: 'no-name' };
    if (rules.canTake(hosts) && rules.isAbout(hosts, config)) return take(only as string, 'took-only');
    return { kind: 'kept', remark: 'other-mode' };
  }
  if (hosts.config !== null) return take(hosts.config);
  if (origin?.kind === 'nodes') {
    const first = rules.unlabelled.find((each) =>
      each === 'only' ? only !== undefined : configs.has(each.name),
    );
    if (first !== undefined) return take(first === 'only' ? (only as string) : first.name, 'took-unlabelled');
    if (!rules.unlabelled.includes('only')) return { kind: 'kept', remark: 'no-label' };
    return { kind: 'wrong', problem: unknownConfig(hosts, configs) };
  }
  return take(configs.has(hosts.name) ? hosts.name : (only ?? ''));
}

function unknownConfig(hosts: DeployedHosts, configs: ReadonlyMap<string, unknown>): Problem {
  const names = [...configs.keys()];
  const message =
    hosts.config === null
      ? `must say its configuration: none has its name, and there are ${names.length}: ${names.slice(0, 20).join(', ')}`
      : `must take a configuration of the file, got "${hosts.config}"`;
  const hint = hosts.config === null ? '' : nameHint(hosts.config, names);
  return { path: `hosts ${hosts.name}`, message, ...(hint === '' ? {} : { hint }) };
}

const MOST_NAMED = 20;

const STAY = 'stay as the scenario has them';

/** Notes for what hosts have in common, each with the names of them all. */
export class Remarks {
  readonly #hosts = new Map<Remark, string[]>();
  readonly #label: string;

  /** @param label that the tool goes by; empty: it goes by none */
  constructor(label = '') {
    this.#label = label;
  }

  add(remark: Remark, { name }: DeployedHosts): void {
    this.#hosts.set(remark, [...(this.#hosts.get(remark) ?? []), name]);
  }

  get notes(): readonly string[] {
    return [...this.#hosts].map(([remark, all]) => {
      const more = all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : '';
      return this.#note(remark, all.slice(0, MOST_NAMED).join(', ') + more);
    });
  }

  #note(remark: Remark, names: string): string {
    switch (remark) {
      case 'no-gpus':
        return `host groups without GPUs ${STAY}: ${names}`;
      case 'no-hosts':
        return `host groups without hosts ${STAY}: ${names}`;
      case 'not-wanted':
        return `host groups other than that of --group ${STAY}: ${names}`;
      case 'other-mode':
        return `host groups that are shared in a way the file is not about ${STAY} (--group takes the file for one all the same): ${names}`;
      case 'no-name':
        return `host groups whose name no configuration of the file has ${STAY} (--config and --group say which takes which): ${names}`;
      case 'no-line':
        return `host groups that no line of the files is for ${STAY}: ${names}`;
      case 'took-only':
        return `the only configuration of the file has the name of no host group and is taken for those shared in the way it is about: ${names}`;
      case 'no-label':
        return `nodes without the label ${this.#label} are not changed by the tool that reads it: they are written as if nobody had configured them (--config names what they have): ${names}`;
      case 'took-unlabelled':
        return `nodes without the label ${this.#label} take what the tool falls back to: a configuration "default", or for the device plugin the only one: ${names}`;
    }
  }
}
