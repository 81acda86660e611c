import type { Problem, Scenario } from '../../sim/scenario/index.ts';
import type { HostGroup } from '../../sim/scenario/types.ts';

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
 * The host groups with GPUs that are to be written, or what is wrong with asking for them. A fleet read from a trace
 * has no groups: its hosts have no names of their own.
 */
export function chosenGroups(
  scenario: Scenario,
  { group: wanted }: ExportSettings,
): readonly HostGroup[] | readonly [Problem] {
  const { fleet } = scenario;
  if (fleet.kind === 'trace') {
    return [
      { path: 'fleet.trace', message: 'must be hosts: those of a trace have no names to configure them by' },
    ];
  }
  if (wanted === null) return fleet.groups.filter(({ gpus }) => gpus.length > 0);
  const found = fleet.groups.filter(({ name }) => name === wanted);
  if (found.length > 0) return found;
  const names = fleet.groups.map(({ name }) => name).join(', ');
  return [{ path: '--group', value: wanted, message: `must be a host group of the scenario: ${names}` }];
}

export function isProblem(list: readonly HostGroup[] | readonly [Problem]): list is readonly [Problem] {
  return list[0] !== undefined && 'message' in list[0];
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
