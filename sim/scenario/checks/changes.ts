import { canonicalHostGroup } from '../canonical/fleet.ts';
import { canonicalSharing } from '../canonical/sharing.ts';
import { nameHint } from '../nearest-name.ts';
import { type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import { changeSteps, type PlannedSharing, type Shared } from '../resolve/change-steps.ts';
import { choicesOf } from '../resolve/changes.ts';
import { secondsFrom } from '../resolve/distribution.ts';
import { resolveHostGroup } from '../resolve/fleet.ts';
import { CardTable } from '../resolve/fleet-cards.ts';
import { HostNames } from '../resolve/host-names.ts';
import { resolveSharing } from '../resolve/sharing.ts';
import type { ChangeDocument } from '../schema/changes.ts';
import type { FleetDocument } from '../schema/scenario.ts';
import type { SharingDocument } from '../schema/sharing.ts';
import type { HostGroup } from '../types.ts';
import { checkChangeHosts, namedHosts } from './change-hosts.ts';
import { ChangeWays, UNKNOWN_WAYS, type Ways } from './change-ways.ts';
import { isStated } from './common.ts';
import type { CheckContext } from './context.ts';
import { modeProblem } from './sharing.ts';
import type { Sound } from './sound.ts';

type Change = Sound<ChangeDocument>;

/** What planned changes ask of the experiment, the hosts and the modes. */
export function checkChanges(context: CheckContext): readonly Finding[] {
  // Positions that a list leaves out count as wrong ones.
  const changes = [...(context.sound.changes ?? [])];
  if (changes.length === 0) return [];
  const hosts = checkChangeHosts(context);
  const ways = waysOf(context, changes, hosts.length === 0);
  return [
    ...checkTimes(context, changes),
    ...hosts,
    ...checkModes(context, changes),
    ...changes.flatMap((change, index) =>
      change === undefined ? [] : checkWays(context, ['changes', index], change, ways(index)),
    ),
  ];
}

/** They need time, and must come before its end. */
function checkTimes(
  { document, sound }: CheckContext,
  changes: readonly (Change | undefined)[],
): readonly Finding[] {
  const { experiment } = sound;
  if (isStated(document, ['experiment']) && experiment?.kind === 'fill') {
    const message = 'needs a timed experiment: a fill experiment has no time';
    return [{ path: ['changes'], message, hint: 'state experiment: {kind: timed, horizon: 1d}' }];
  }
  if (experiment?.kind !== 'timed' || experiment.horizon == null) return [];
  const { horizon } = experiment;
  return changes.flatMap((change, index) => {
    if (change?.at === undefined || secondsFrom(change.at) < secondsFrom(horizon)) return [];
    const message = `must be before horizon (${horizon}), got ${change.at}`;
    return [{ path: ['changes', index, 'at'], message }];
  });
}

/** How a change says that hosts share their GPUs: null where it does not, undefined where it does so wrongly. */
function sharingOf({ document, isFaulty }: CheckContext, path: Path, { sharing }: Change): Shared {
  const place = [...path, 'sharing'];
  if (valueAt(document, place) == null) return null;
  return isFaulty(place) ? undefined : resolveSharing(canonicalSharing(sharing as SharingDocument));
}

/** The fleet's groups where it states them and they are sound. */
function groupsOf({ document, sound, isFaulty }: CheckContext): readonly HostGroup[] | undefined {
  if (!isStated(document, ['fleet', 'hosts']) || isFaulty(['fleet'])) return undefined;
  const { hosts = [] } = sound.fleet as FleetDocument;
  return hosts.map((group) => resolveHostGroup(canonicalHostGroup(group)));
}

/** The mode must be able to share every GPU of the hosts so. */
function checkModes(context: CheckContext, changes: readonly (Change | undefined)[]): readonly Finding[] {
  const groups = groupsOf(context) ?? [];
  const names = new HostNames(groups);
  const table = new CardTable();
  return changes.flatMap((change, index) => {
    const path = ['changes', index];
    const sharing = change === undefined ? null : sharingOf(context, path, change);
    if (change === undefined || sharing == null) return [];
    if (isStated(context.document, ['fleet', 'trace'])) {
      const message =
        'needs hosts that the scenario states: of those of a trace only time closed can be planned';
      return [{ path: [...path, 'sharing'], message }];
    }
    const findings = new Map<string, Finding>();
    const hosts = namedHosts(path, change).map(({ name }) => name);
    for (const number of new Set(choicesOf(names, hosts).map(({ group }) => group))) {
      const group = groups[number] as HostGroup;
      for (const gpu of group.gpus) {
        const card = table.of({ ...group, sharing }, gpu);
        for (const problem of card?.problems ?? []) {
          const finding = modeProblem(
            [...path, 'sharing'],
            change.sharing as SharingDocument,
            problem,
            gpu.model,
          );
          findings.set(JSON.stringify(finding), finding);
        }
      }
    }
    return [...findings.values()];
  });
}

/** The ways of each change. What hosts have become by a change is known only if all are sound by then. */
function waysOf(
  context: CheckContext,
  changes: readonly (Change | undefined)[],
  areHostsSound: boolean,
): (change: number) => Ways {
  const groups = groupsOf(context);
  const isOrdered = changes.every(
    (change, index) =>
      change?.at !== undefined &&
      change.hosts !== undefined &&
      !context.isFaulty(['changes', index, 'hosts']),
  );
  if (!isStated(context.document, ['fleet', 'hosts']) && isStated(context.document, ['fleet', 'trace'])) {
    const stay = 'hosts of a trace share their GPUs by fraction and have no way to migrate';
    return () => ({ ...UNKNOWN_WAYS, stay });
  }
  if (groups === undefined || !isOrdered || !areHostsSound) return () => UNKNOWN_WAYS;
  const names = new HostNames(groups);
  const planned = changes.map((written, index): PlannedSharing => {
    const path = ['changes', index];
    const change = written as Change & { readonly at: string };
    return {
      atUs: readValid(durationQuantity, change.at),
      hosts: choicesOf(
        names,
        namedHosts(path, change).map(({ name }) => name),
      ),
      sharing: sharingOf(context, path, change),
    };
  });
  const finder = new ChangeWays(groups);
  const ways = new Map<number, Ways>();
  for (const step of changeSteps(groups, planned)) {
    const { sharing } = planned[step.change] as PlannedSharing;
    ways.set(step.change, finder.of(step, sharing));
  }
  return (change) => ways.get(change) ?? UNKNOWN_WAYS;
}

function checkWays(
  { document, isFaulty }: CheckContext,
  at: Path,
  { path, running, migrate }: Change,
  ways: Ways,
): readonly Finding[] {
  const findings: Finding[] = [];
  if (path != null) {
    if (valueAt(document, [...at, 'sharing']) == null) {
      const message = 'is a way to other sharing, which is not stated: time for maintenance is closed';
      findings.push({ path: [...at, 'path'], message });
    } else if (ways.change !== undefined && !ways.change.includes(path)) {
      const message = `must be a way to make this change of every GPU of the hosts, got ${quoteValue(path)}`;
      const none = 'none has a name: leave it out, and state closed for the time that it takes';
      const hint = ways.change.length === 0 ? none : nameHint(path, ways.change);
      findings.push({ path: [...at, 'path'], message, hint });
    }
  }
  if (isFaulty([...at, 'running'])) return findings;
  if (running === 'migrate') findings.push(...checkMigration(document, at, migrate, ways));
  else if (migrate != null) {
    findings.push({ path: [...at, 'migrate'], message: 'is for running: migrate, and that is not stated' });
  }
  return findings;
}

function checkMigration(
  document: unknown,
  at: Path,
  migrate: string | null | undefined,
  { stay, migrate: accepted }: Ways,
): readonly Finding[] {
  if (stay !== undefined) {
    return [{ path: [...at, 'running'], message: `must be wait or stop, got "migrate": ${stay}` }];
  }
  const path = [...at, 'migrate'];
  if (migrate == null) {
    const written = valueAt(document, path);
    if (written != null) return []; // wrong by itself
    const state = written === null ? 'empty' : 'missing';
    const hint = accepted === undefined ? undefined : wayHint('', accepted);
    return [{ path, message: `is ${state}: running is migrate, so say by which way of the mode`, hint }];
  }
  if (accepted === undefined || accepted.includes(migrate)) return [];
  const message = `must be a way to migrate of the mode that the hosts have at that time, got ${quoteValue(migrate)}`;
  return [{ path, message, hint: wayHint(migrate, accepted) }];
}

function wayHint(written: string, accepted: readonly string[]): string {
  if (accepted.length === 0) return 'the hosts have none in common: make it several changes';
  return nameHint(written, accepted);
}
