import type { Problem, Scenario } from '../../sim/scenario/index.ts';
import type { HostGroup } from '../../sim/scenario/types.ts';
import { groupLabels, type NameTable } from './names.ts';

/** A file that some other program takes, and what of the scenario it cannot say. */
export type Export =
  | {
      readonly ok: true;
      readonly text: string;
      /** What the text says, as plain data. */
      readonly data: unknown;
      /** One sentence each, without a full stop; they are in the text too, where its format has comments. */
      readonly notes: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface ExportSettings {
  /** Only this host group; null: all. */
  readonly group: string | null;
  /** How the device plugin names MIG instances. */
  readonly migStrategy: 'single' | 'mixed';
}

/** Writes one kind of file. Pure: same scenario, same bytes. */
export interface Exporter {
  /** What the command line calls it. */
  readonly name: string;
  readonly description: string;
  /** Settings that it looks at beside the group. */
  readonly settings: readonly (keyof ExportSettings)[];
  write(scenario: Scenario, settings: ExportSettings): Export;
}

export function refused(problems: readonly Problem[]): Export {
  return { ok: false, problems };
}

/**
 * The host groups that are to be written, or what is wrong with asking for them. A fleet read from a trace has no groups:
 * its hosts have no names of their own.
 *
 * @param which those with GPUs, of which most files are, or all
 */
export function chosenGroups(
  scenario: Scenario,
  { group: wanted }: ExportSettings,
  which: 'with-gpus' | 'all' = 'with-gpus',
): readonly HostGroup[] | readonly [Problem] {
  const { fleet } = scenario;
  if (fleet.kind === 'trace') {
    return [
      { path: 'fleet.trace', message: 'must be hosts: those of a trace have no names to configure them by' },
    ];
  }
  const isOne = ({ gpus }: HostGroup) => which === 'all' || gpus.length > 0;
  if (wanted === null) return fleet.groups.filter(isOne);
  const found = fleet.groups.filter(({ name }) => name === wanted);
  if (found.some(isOne)) return found;
  if (found.length > 0) {
    const message = `must be a host group with GPUs, got "${wanted}", which has none: there is nothing to write`;
    return [{ path: '--group', value: wanted, message }];
  }
  const names = fleet.groups.map(({ name }) => name).join(', ');
  return [{ path: '--group', value: wanted, message: `must be a host group of the scenario: ${names}` }];
}

export function isProblem(list: readonly HostGroup[] | readonly [Problem]): list is readonly [Problem] {
  return list[0] !== undefined && 'message' in list[0];
}

/** The labels of the fleet's host groups: a file of one group has the same as a file of all. */
export function labelsOf({ fleet }: Scenario): NameTable {
  return groupLabels(fleet.kind === 'hosts' ? fleet.groups : []);
}

/** The place of a group in the scenario document. */
export function groupPath(scenario: Scenario, group: HostGroup): string {
  return scenario.fleet.kind === 'hosts' ? `fleet.hosts[${scenario.fleet.groups.indexOf(group)}]` : 'fleet';
}

/** Nothing of the fleet is of the exporter's kind: says which modes are. */
export function nothingToWrite(what: string): Export {
  return refused([{ path: 'fleet.hosts', message: `must have a group ${what}: there is nothing to write` }]);
}

/** Remarks at the head of a file whose comments begin with `#`. */
function remarks(lines: readonly string[]): string {
  return lines.map((line) => `# ${line.replace(/[\r\n\u0085\u2028\u2029]+/g, ' ')}\n`).join('');
}

/** Who wrote the file and from what, then what it cannot say. */
export function header(scenario: Scenario, notes: readonly string[]): string {
  return remarks([
    `Written by slicewise export from the scenario ${JSON.stringify(scenario.name)}`,
    ...notes.map((note) => `note: ${note}`),
  ]);
}
