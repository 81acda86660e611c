import { type Path, parseScenarioText } from '../../sim/scenario/index.ts';
import { isMapping } from '../../sim/scenario/path.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { SharingDocument } from '../../sim/scenario/schema/sharing.ts';
import { HOST_MODES, profileOfMigResource } from '../exporters/advertised.ts';
import { shapeOfModel } from '../exporters/mig-layout.ts';
import type { ConfigRules } from './chosen-config.ts';
import { FileProblems } from './config-file.ts';
import { deployedFleet } from './deployed-fleet.ts';
import {
  type DeployedFleet,
  type DeployedHosts,
  type GpuSharing,
  keptSharing,
  modeBefore,
  modelsOf,
  sharingProblems,
} from './deployed-hosts.ts';

interface Replicated {
  readonly kind: 'timeSlicing' | 'mps';
  readonly path: Path;
  readonly failRequestsGreaterThanOne: boolean;
  readonly resources: readonly { readonly path: Path; readonly name: string; readonly replicas: number }[];
}

interface PluginConfig {
  readonly replicated: Replicated | null;
  readonly notes: readonly string[];
}

const STRATEGIES = ['none', 'single', 'mixed'];
const GPU = 'nvidia.com/gpu';
const MOST_REPLICAS = 1000;

const SAID_MODES: readonly string[] = ['time-slicing', 'mps'];

/**
 * @see NVIDIA/k8s-device-plugin, cmd/config-manager/main.go: without the label the configuration `default`, then the only
 * one (fallback strategies `named` and `single`, which its chart sets), else it fails
 */
const RULES: ConfigRules<PluginConfig> = {
  label: 'nvidia.com/device-plugin.config',
  canTake: (hosts) => {
    const mode = modeBefore(hosts);
    const isNvidia = hosts.gpus.every(({ model }) => (catalogueGpu(model)?.vendor ?? 'NVIDIA') === 'NVIDIA');
    return isNvidia && (mode === null || HOST_MODES.has(mode));
  },
  isAbout: (hosts, { replicated }) => {
    const mode = modeBefore(hosts) ?? '';
    if (replicated === null) return !SAID_MODES.includes(mode);
    return mode === (replicated.kind === 'mps' ? 'mps' : 'time-slicing');
  },
  unlabelled: [{ name: 'default' }, 'only'],
};

/**
 * How hosts share their GPUs by a configuration of the device plugin, or by a ConfigMap of several. MIG layouts are not
 * in it: hosts keep those that they have.
 *
 * @see NVIDIA/k8s-device-plugin v0.20.0, api/config/v1/replicas.go, sharing.go: MPS goes before time-slicing; devices and
 * names of resources are read and passed over
 */
export function importDevicePlugin(
  text: string,
  file: string,
  hosts: readonly DeployedHosts[],
): DeployedFleet {
  const read = parseScenarioText(text, file);
  if (!read.ok) return { ok: false, problems: read.problems };
  const problems = new FileProblems(read.at);
  const configs = readConfigs(read.document, problems, file);
  return deployedFleet(hosts, configs, problems, RULES, (each, { name, config, notes }) => {
    notes.push(...config.notes.map((note) => `configuration ${name}: ${note}`));
    return modelsOf(each).map((model) => sharingOf(config.replicated, model, each, problems));
  });
}

function readConfigs(
  document: unknown,
  problems: FileProblems,
  file: string,
): ReadonlyMap<string, PluginConfig> {
  const configs = new Map<string, PluginConfig>();
  if (!isMapping(document)) {
    problems.add([], 'must be a configuration of the plugin or a ConfigMap of such', document);
    return configs;
  }
  if (document.kind !== 'ConfigMap') {
    configs.set('', readConfig(document, [], problems));
    return configs;
  }
  if (!isMapping(document.data) || Object.keys(document.data).length === 0) {
    problems.add(['data'], 'must hold one configuration at least', document.data ?? null);
    return configs;
  }
  for (const [name, text] of Object.entries(document.data)) {
    if (typeof text !== 'string') {
      problems.add(['data', name], 'must be text', text);
      continue;
    }
    const read = parseScenarioText(text, `${file} data.${name}`);
    if (!read.ok) {
      problems.list.push(...read.problems);
      continue;
    }
    const own = new FileProblems(read.at);
    configs.set(name, readConfig(read.document, [], own));
    problems.list.push(...own.list.map((each) => ({ ...each, path: `data.${name}: ${each.path}` })));
  }
  return configs;
}

function readConfig(config: unknown, path: Path, problems: FileProblems): PluginConfig {
  const none = { replicated: null, notes: [] };
  if (!isMapping(config)) {
    problems.add(path, 'must be a mapping', config);
    return none;
  }
  if (config.version !== undefined && config.version !== 'v1')
    problems.add([...path, 'version'], 'must be v1', config.version);
  const flags = isMapping(config.flags) ? config.flags : {};
  if (flags.migStrategy != null && !STRATEGIES.includes(String(flags.migStrategy))) {
    problems.add(
      [...path, 'flags', 'migStrategy'],
      `must be one of ${STRATEGIES.join(', ')}`,
      flags.migStrategy,
    );
  }
  if (config.sharing == null) return none;
  if (!isMapping(config.sharing)) {
    problems.add([...path, 'sharing'], 'must be a mapping', config.sharing);
    return none;
  }
  const { mps, timeSlicing } = config.sharing;
  const notes: string[] = [];
  if (mps != null && timeSlicing != null) notes.push('MPS goes before time-slicing, which is passed over');
  const kind = mps != null ? ('mps' as const) : ('timeSlicing' as const);
  const written = mps ?? timeSlicing;
  if (written == null) return none;
  return { replicated: readReplicated(kind, written, [...path, 'sharing', kind], problems, notes), notes };
}

function readReplicated(
  kind: Replicated['kind'],
  written: unknown,
  path: Path,
  problems: FileProblems,
  notes: string[],
): Replicated | null {
  if (!isMapping(written) || !Array.isArray(written.resources) || written.resources.length === 0) {
    problems.add(
      [...path, 'resources'],
      'must be a list with one resource at least',
      isMapping(written) ? (written.resources ?? null) : written,
    );
    return null;
  }
  const fails = written.failRequestsGreaterThanOne ?? kind === 'mps';
  if (typeof fails !== 'boolean')
    problems.add([...path, 'failRequestsGreaterThanOne'], 'must be true or false', fails);
  if (kind === 'mps' && fails === false)
    notes.push('requests for several MPS replicas are let through; a scenario refuses them');
  if (written.renameByDefault === true) notes.push('renamed resources (.shared) are the same to a scenario');
  const resources = written.resources.flatMap((each: unknown, at) => {
    const own = [...path, 'resources', at];
    if (!isMapping(each)) {
      problems.add(own, 'must be a mapping with name and replicas', each);
      return [];
    }
    const short = String(each.name ?? '');
    const name = short.includes('/') ? short : `nvidia.com/${short}`;
    const profile = profileOfMigResource(name);
    const isKnown = name === GPU || profile !== null;
    if (!isKnown || name.length > 63)
      problems.add(
        [...own, 'name'],
        `must be ${GPU} or a resource of MIG such as nvidia.com/mig-1g.10gb`,
        each.name ?? null,
      );
    const { replicas } = each;
    const isCount =
      Number.isSafeInteger(replicas) && (replicas as number) >= 2 && (replicas as number) <= MOST_REPLICAS;
    if (!isCount)
      problems.add(
        [...own, 'replicas'],
        `must be a whole number from 2 to ${MOST_REPLICAS}`,
        replicas ?? null,
      );
    if (each.devices !== undefined && each.devices !== 'all')
      notes.push(`devices of ${name} are passed over, as the plugin does`);
    return isKnown && isCount ? [{ path: own, name, replicas: replicas as number }] : [];
  });
  return { kind, path, failRequestsGreaterThanOne: fails === true, resources };
}

function sharingOf(
  replicated: Replicated | null,
  model: string,
  hosts: DeployedHosts,
  problems: FileProblems,
): GpuSharing {
  const before = typeof hosts.sharing === 'string' ? { mode: hosts.sharing } : hosts.sharing;
  if (replicated === null) return keptSharing(hosts, SAID_MODES);
  const { kind, path, failRequestsGreaterThanOne, resources } = replicated;
  // Instances of the hosts' own layout are replicated as such; a whole GPU only where MIG is off.
  const migs = resources.filter(({ name }) => name !== GPU);
  const whole = resources.find(({ name }) => name === GPU);
  if (migs.length > 1) {
    problems.add(
      [...path, 'resources'],
      'must replicate instances of one profile: a scenario has one for a host',
    );
    return null;
  }
  const [mig] = shapeOfModel(model) === undefined ? [] : migs;
  const chosen = mig ?? whole;
  if (chosen === undefined) return keptSharing(hosts, SAID_MODES);
  if (kind === 'mps') {
    if (mig !== undefined)
      problems.add(mig.path, 'must be whole GPUs: the plugin has no MPS on MIG instances', mig.name);
    const kept =
      before?.mode === 'mps' && 'clients' in before && before.clients === chosen.replicas
        ? hosts.sharing
        : null;
    const cuda = before?.mode === 'mps' && 'cuda' in before ? { cuda: before.cuda } : {};
    return kept ?? checked({ mode: 'mps', clients: chosen.replicas, ...cuda }, model, chosen.path, problems);
  }
  const said = mig === undefined ? null : profileOfMigResource(mig.name);
  const own = wholeProfile(before);
  // Names without memory (`1g`) stay as they are where they are of the same instances.
  const profile = said === null || (own !== null && fullName(own, model) === said) ? own : said;
  const sharing: SharingDocument = {
    mode: 'time-slicing',
    replicas: chosen.replicas,
    ...(failRequestsGreaterThanOne ? { failRequestsGreaterThanOne } : {}),
    ...(profile === null ? {} : { profile }),
  };
  return checked(sharing, model, chosen.path, problems);
}

/** With the strategy `single` all instances are nvidia.com/gpu: the hosts themselves say of which profile. */
function wholeProfile(before: { readonly mode: string } | null): string | null {
  const has = before?.mode === 'time-slicing' && 'profile' in before && typeof before.profile === 'string';
  return has ? (before.profile as string) : null;
}

function fullName(profile: string, model: string): string {
  const named = shapeOfModel(model)?.named(profile);
  return typeof named === 'object' ? named.sized.profile.name : profile;
}

function checked(sharing: SharingDocument, model: string, path: Path, problems: FileProblems): GpuSharing {
  for (const message of sharingProblems(model, sharing)) problems.add(path, `${message} (GPU ${model})`);
  return sharing;
}
