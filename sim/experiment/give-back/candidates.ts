import type { Bucket } from '../../observe/waterfall/buckets.ts';
import { PLACEMENT_POLICY_NAMES } from '../../policies/placement/names.ts';
import { applyOverlay } from '../../scenario/overlay.ts';
import type { HostGroup, Scenario } from '../../scenario/types.ts';
import { type ModeTraits, SHARING_MODES, sharingMode } from '../../sharing/index.ts';

/** One change of the scenario that may give something of a bucket back. */
export interface Candidate {
  /** What is changed, in a few words. */
  readonly text: string;
  /** As `--set` takes them. */
  readonly settings: readonly string[];
  /** It takes capacity away: it gives something back only if nobody waits longer. */
  readonly takesAway: boolean;
}

/** Part of the hosts that is tried to be done without. */
const FEWER = 0.1;

/** Changes to try for a bucket, one thing each; none where the scenario has nothing that would move it. */
export function candidatesFor(bucket: Bucket, scenario: Scenario): readonly Candidate[] {
  const groups = scenario.fleet.kind === 'hosts' ? scenario.fleet.groups : [];
  switch (bucket) {
    case 'cpu':
      return twice(groups, 'cpu', ({ cpuMilli }) => `${(2 * cpuMilli) / 1000}`, 'CPU cores');
    case 'memory':
      return twice(groups, 'memory', ({ memoryMib }) => `${2 * memoryMib}MiB`, 'host memory');
    case 'geometry':
      return [...layoutsOnDemand(groups), ...placements(scenario), ...defragmenting(groups, scenario)];
    case 'overhead':
      return otherModes(groups);
    case 'idle':
      return bestEffort(groups);
    case 'order':
      return otherFills(scenario);
    case 'limits':
      return ['maxGpusPerUser', 'maxJobsPerUser']
        .filter(
          (key) =>
            scenario.policy.scheduling[key as 'maxGpusPerUser' | 'maxJobsPerUser'] !==
            Number.POSITIVE_INFINITY,
        )
        .map((key) => change(`no ${key}`, `policy.scheduling.${key}=null`));
    case 'redone':
      return scenario.policy.scheduling.preemption === 'none' ||
        scenario.policy.scheduling.way === 'checkpoint'
        ? []
        : [change('jobs that give way save their work', 'policy.scheduling.stopBy=checkpoint')];
    case 'failed':
      return moreCrews(scenario);
    case 'no-demand':
      return fewerHosts(groups);
    case 'useful':
    case 'gpu-memory':
    case 'licence':
    case 'changing':
      return [];
  }
}

/** The scenario document with the settings of a candidate; undefined where they cannot be applied. */
export function withCandidate(document: unknown, { settings }: Candidate): unknown {
  const overlaid = applyOverlay(document, settings);
  return overlaid.ok ? overlaid.document : undefined;
}

function change(text: string, ...settings: string[]): Candidate {
  return { text, settings, takesAway: false };
}

function twice(
  groups: readonly HostGroup[],
  key: string,
  value: (group: HostGroup) => string,
  what: string,
): readonly Candidate[] {
  return groups.map((group) =>
    change(`twice the ${what} on ${group.name}`, `fleet.hosts.${group.name}.${key}=${value(group)}`),
  );
}

function layoutsOnDemand(groups: readonly HostGroup[]): readonly Candidate[] {
  return groups
    .filter(({ sharing }) => sharing?.mode === 'mig' && sharing.layout !== null)
    .map(({ name }) =>
      change(`instances of ${name} made on demand`, `fleet.hosts.${name}.sharing.layout=null`),
    );
}

function placements({ policy }: Scenario): readonly Candidate[] {
  return PLACEMENT_POLICY_NAMES.filter((name) => name !== policy.placement && name !== 'random').map((name) =>
    change(`placement ${name}`, `policy.placement=${name}`),
  );
}

function defragmenting(groups: readonly HostGroup[], { repartition }: Scenario): readonly Candidate[] {
  if (repartition.length > 0) return [];
  return groups
    .filter(({ sharing }) => sharing?.mode === 'mig' && sharing.layout === null)
    .map(({ name }) =>
      change(`instances of ${name} defragmented`, `repartition=[{hosts: ${name}, policy: defragment}]`),
    );
}

/** Schedulers that let who works have what others leave; the others guarantee a share that is lost while it is not used. */
function bestEffort(groups: readonly HostGroup[]): readonly Candidate[] {
  return groups
    .filter(({ sharing }) => sharing?.mode === 'vgpu' && sharing.scheduler !== 'best-effort')
    .map(({ name }) =>
      change(
        `best effort on ${name} (no share is guaranteed any more)`,
        `fleet.hosts.${name}.sharing.scheduler=best-effort`,
      ),
    );
}

/** Modes that isolate tenants at least as well, with their default options. */
function otherModes(groups: readonly HostGroup[]): readonly Candidate[] {
  return groups.flatMap(({ name, sharing }) => {
    if (sharing === null) return [];
    const { traits } = sharingMode(sharing.mode);
    return SHARING_MODES.filter(
      (mode) => mode.name !== sharing.mode && isolatesAsWell(mode.traits, traits),
    ).map((mode) =>
      change(`${name}: ${mode.name} in place of ${sharing.mode}`, `fleet.hosts.${name}.sharing=${mode.name}`),
    );
  });
}

const MEMORY = ['whole', 'hard', 'limit', 'soft', 'none'];
const FAULTS = ['whole', 'hard', 'soft', 'none'];
const PERFORMANCE = ['whole', 'hard', 'share', 'cap', 'none'];

function isolatesAsWell(other: ModeTraits, own: ModeTraits): boolean {
  return (
    MEMORY.indexOf(other.memoryIsolation) <= MEMORY.indexOf(own.memoryIsolation) &&
    FAULTS.indexOf(other.faultIsolation) <= FAULTS.indexOf(own.faultIsolation) &&
    PERFORMANCE.indexOf(other.performanceIsolation) <= PERFORMANCE.indexOf(own.performanceIsolation)
  );
}

function otherFills({ policy }: Scenario): readonly Candidate[] {
  return ['easy', 'skip']
    .filter((fill) => fill !== policy.scheduling.fill)
    .map((fill) => change(`fill rule ${fill}`, `policy.scheduling.fill=${fill}`));
}

function moreCrews({ faults }: Scenario): readonly Candidate[] {
  const crews = faults?.crews;
  return crews == null ? [] : [change('one more repair crew', `faults.crews=${crews + 1}`)];
}

function fewerHosts(groups: readonly HostGroup[]): readonly Candidate[] {
  return groups
    .filter(({ count }) => count > 1)
    .map(({ name, count }) => {
      const fewer = Math.max(1, Math.round(FEWER * count));
      return {
        text: `${fewer} ${fewer === 1 ? 'host' : 'hosts'} of ${name} less`,
        settings: [`fleet.hosts.${name}.count=${count - fewer}`],
        takesAway: true,
      };
    });
}
