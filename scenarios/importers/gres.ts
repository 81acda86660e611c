import type { Problem } from '../../sim/scenario/index.ts';
import { quoteValue } from '../../sim/scenario/problem.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import { migShapeOf } from '../../sim/sharing/modes/mig/shape.ts';
import { HOST_MODES } from '../exporters/advertised.ts';
import { keptAnyway, Remarks } from './chosen-config.ts';
import { unique } from './deployed-fleet.ts';
import {
  type DeployedFleet,
  type DeployedHosts,
  type GpuSharing,
  groupAsBefore,
  hostGroups,
  hostNamesOf,
  keptSharing,
  modeBefore,
  modelsOf,
  partNames,
  sharingProblems,
} from './deployed-hosts.ts';
import { type GresRecord, readGresConf, readSlurmNodes } from './gres-records.ts';
import { sameAsBefore } from './mig-parted.ts';

/** The files of Slurm that say what nodes have. */
export interface SlurmFiles {
  readonly gres: { readonly text: string; readonly file: string };
  /** Null: MIG instances that Slurm finds itself are not known. */
  readonly slurm: { readonly text: string; readonly file: string } | null;
}

/** The end of a type that is a MIG profile: `3g.40gb`, `a100_1g.10gb+me`. */
const PROFILE = /(?:^|_)((?:\d+c\.)?\d+g\.\d+gb(?:[+-][a-z.]+)?)$/;
const SAID_MODES = ['mig', 'mig-vgpu', 'time-slicing', 'mps'] as const;

/** How hosts share their GPUs by gres.conf and, where MIG is detected, by the node lines of slurm.conf. */
export function importGres(files: SlurmFiles, hosts: readonly DeployedHosts[]): DeployedFleet {
  const problems: Problem[] = [];
  const lines = readGresConf(files.gres.text, files.gres.file, problems);
  const nodes = files.slurm === null ? [] : readSlurmNodes(files.slurm.text, files.slurm.file, problems);
  if (problems.length > 0) return { ok: false, problems };
  const notes: string[] = [];
  const remarks = new Remarks();
  const parts = partNames(hosts);
  const named = new Set([...lines, ...nodes].flatMap((line) => [...(line.nodes ?? [])]));
  const isForAll = [...lines, ...nodes].some((line) => line.nodes === null);
  const groups = hosts.flatMap((each) => {
    const kept = keptAnyway(each) ?? (isNamed(each, named, isForAll) ? null : 'no-line');
    if (kept !== null) {
      remarks.add(kept, each);
      return [groupAsBefore(each)];
    }
    const found = hostNamesOf(each).map((name) => {
      const own = lines.filter((line) => line.nodes === null || line.nodes.has(name));
      const said = nodes.filter((node) => node.nodes === null || node.nodes.has(name));
      return JSON.stringify(perGpuOf(name, each, own, said, problems, notes));
    });
    const [first] = found;
    if (first === undefined) return [];
    const other = found.findIndex((text) => text !== first);
    if (other >= 0) {
      const names = hostNamesOf(each);
      problems.push({
        path: `hosts ${each.name}`,
        message: `must share their GPUs alike: ${names[0]} and ${names[other]} differ`,
      });
    }
    const made = hostGroups(each, JSON.parse(first) as GpuSharing[], parts);
    notes.push(...made.notes);
    return made.groups;
  });
  if (problems.length > 0) return { ok: false, problems: unique(problems) };
  return { ok: true, hosts: groups, notes: [...remarks.notes, ...new Set(notes)] };
}

/** Whether lines are for hosts: those of a scenario may be none that Slurm has, such as those of virtual machines. */
function isNamed(hosts: DeployedHosts, named: ReadonlySet<string>, isForAll: boolean): boolean {
  if (hosts.origin?.kind !== 'scenario' || hosts.origin.isWanted === true) return true;
  const mode = modeBefore(hosts);
  if (isForAll && (mode === null || HOST_MODES.has(mode))) return true;
  return hostNamesOf(hosts).some((name) => named.has(name));
}

/** How each GPU of one host is shared. */
function perGpuOf(
  name: string,
  hosts: DeployedHosts,
  own: readonly GresRecord[],
  said: readonly GresRecord[],
  problems: Problem[],
  notes: string[],
): readonly GpuSharing[] {
  const models = modelsOf(hosts);
  const wrong = (message: string, at?: string) =>
    problems.push({ path: `host ${name}`, message, ...(at === undefined ? {} : { at }) });
  if (own.length === 0 && said.length === 0) {
    wrong('must be a node of the files: no line is for it');
    return models.map(() => null);
  }
  const gpus = own.filter((line) => line.name === 'gpu' && !line.isDetected);
  const instances = [...gpus, ...(gpus.length > 0 ? [] : said.filter((line) => line.name === 'gpu'))].flatMap(
    (line) => {
      const profile = PROFILE.exec(line.type.toLowerCase())?.[1];
      return profile === undefined ? [] : [{ ...line, profile }];
    },
  );
  if (instances.length === 0 && own.some((line) => line.isDetected) && said.length === 0) {
    notes.push(
      `${name}: Slurm finds its GPUs itself: give slurm.conf too, if they are cut into MIG instances`,
    );
    if (own.every((line) => line.isDetected)) return models.map(() => hosts.sharing);
  }
  checkWhole(name, hosts, own, instances.length > 0, wrong);
  if (instances.length > 0) return layoutsOf(name, hosts, instances, problems);
  const shards = own.filter((line) => line.name === 'shard');
  const total = (shards.length > 0 ? shards : said.filter((line) => line.name === 'shard')).reduce(
    (sum, line) => sum + line.count,
    0,
  );
  if (total > 0) {
    const replicas = total / models.length;
    if (!Number.isInteger(replicas) || replicas < 2) {
      wrong(
        `must have the same number of shards, 2 at least, on each of its ${models.length} GPUs, has ${total} in all`,
      );
      return models.map(() => null);
    }
    const before = hosts.sharing;
    const own =
      before !== null &&
      typeof before === 'object' &&
      before.mode === 'time-slicing' &&
      before.profile == null
        ? before
        : null;
    return models.map((model) =>
      checked({ ...(own ?? { mode: 'time-slicing' as const }), replicas }, model, wrong),
    );
  }
  if ([...own, ...said].some((line) => line.name === 'mps')) {
    if (modeBefore(hosts) === 'mps') return models.map(() => hosts.sharing);
    notes.push(`${name}: a number of MPS clients is not in the files: each asks for its part`);
    return models.map((model) => checked({ mode: 'mps' }, model, wrong));
  }
  const kept = keptSharing(hosts, SAID_MODES);
  return models.map(() => kept);
}

/** GPUs that lines name by device file must be those of the host. */
function checkWhole(
  name: string,
  hosts: DeployedHosts,
  own: readonly GresRecord[],
  hasInstances: boolean,
  wrong: (message: string, at?: string) => void,
): void {
  const models = modelsOf(hosts);
  const whole = own.filter(
    (line) => line.name === 'gpu' && !line.isDetected && PROFILE.exec(line.type) === null,
  );
  const count = whole.reduce((sum, line) => sum + line.count, 0);
  if (whole.length > 0 && !hasInstances && count !== models.length) {
    wrong(`has ${models.length} GPUs (${name}), the files say ${count}`, whole[0]?.at);
  }
  for (const line of whole) {
    const gpu = catalogueGpu(line.type);
    if (line.type === '' || gpu === null) continue;
    const own = models.filter((model) => catalogueGpu(model)?.id === gpu.id).length;
    if (own < line.count) wrong(`has ${own} GPUs ${gpu.id}, the line says ${line.count}`, line.at);
  }
}

/** The layout of each GPU: that of its device file where the lines name it, else the instances divided evenly. */
function layoutsOf(
  name: string,
  hosts: DeployedHosts,
  instances: readonly (GresRecord & { readonly profile: string })[],
  problems: Problem[],
): readonly GpuSharing[] {
  const models = modelsOf(hosts);
  const capable = models.flatMap((model, index) =>
    migShapeOf(catalogueGpu(model)) === undefined ? [] : [index],
  );
  const layouts: string[][] = models.map(() => []);
  const open = new Map<string, number>();
  for (const { profile, gpu, count, at } of instances) {
    if (gpu === null) open.set(profile, (open.get(profile) ?? 0) + count);
    else if (layouts[gpu] === undefined) {
      problems.push({ path: `host ${name}`, message: `has no GPU ${gpu}: it has ${models.length}`, at });
    } else layouts[gpu]?.push(...Array.from({ length: count }, () => profile));
  }
  for (const [profile, count] of open) {
    const takers = capable.filter(
      (index) => typeof migShapeOf(catalogueGpu(models[index] as string))?.named(profile) !== 'string',
    );
    const each = count / takers.length;
    if (takers.length === 0 || !Number.isInteger(each)) {
      const message = `must have its ${count} instances of ${profile} divided evenly among GPUs that have the profile, of which it has ${takers.length}`;
      problems.push({ path: `host ${name}`, message });
      continue;
    }
    for (const index of takers) layouts[index]?.push(...Array.from({ length: each }, () => profile));
  }
  return models.map((model, index) => layoutSharing(name, hosts, model, layouts[index] ?? [], problems));
}

function layoutSharing(
  name: string,
  hosts: DeployedHosts,
  model: string,
  profiles: readonly string[],
  problems: Problem[],
): GpuSharing {
  if (profiles.length === 0) return keptSharing(hosts, SAID_MODES);
  const shape = migShapeOf(catalogueGpu(model));
  const layout = profiles.map((profile) => {
    const named = shape?.named(profile);
    return typeof named === 'object' ? named.sized.profile.name : profile;
  });
  const order = shape?.profiles.map(({ profile }) => profile.name) ?? [];
  layout.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const kept = sameAsBefore(hosts, model, layout);
  if (kept !== null) return kept;
  const wrong = (message: string) => problems.push({ path: `host ${name}`, message });
  return checked({ mode: 'mig', layout }, model, wrong);
}

function checked(sharing: SharingDocument, model: string, wrong: (message: string) => void): GpuSharing {
  for (const message of sharingProblems(model, sharing)) wrong(`${message} (GPU ${quoteValue(model)})`);
  return sharing;
}
