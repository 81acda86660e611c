import type { Problem } from '../../sim/scenario/index.ts';
import { catalogueGpu } from '../../sim/scenario/resolve/card-spec.ts';
import type { HostGroup } from '../../sim/scenario/types.ts';
import { advertised, HOST_MODES } from './advertised.ts';
import {
  chosenGroups,
  type Exporter,
  header,
  isProblem,
  labelsOf,
  nothingToWrite,
  refused,
} from './exporter.ts';
import { labelNames, type NameTable, objectNames } from './names.ts';
import { type QuotaNode, quotaTree } from './quota-tree.ts';
import { shares } from './shares.ts';
import { yamlText } from './yaml-text.ts';

const API = 'kueue.x-k8s.io/v1beta2';
/** ClusterQueue: flavors in all, resources of a group, groups (clusterqueue_types.go, MaxItems). */
const MOST_FLAVORS = 64;
const MOST_GROUPS = 16;
const NAMESPACE = 'default';
/** Text of the cohort of all; no queue's path ends with a slash, so that a queue `fleet` gets a name of its own. */
const FLEET = 'fleet/';
const MILLI = 1000;

/** GPUs of one model that are offered alike, wherever they are in the fleet. */
interface Flavor {
  readonly name: string;
  readonly model: string;
  /** Where GPUs of the model are offered in several ways: the host group, whose nodes have a label of their own. */
  readonly group: string | null;
  /** What one GPU is offered as: 4 of `nvidia.com/gpu` where it is advertised four times. */
  readonly perGpu: ReadonlyMap<string, number>;
  readonly gpus: number;
}

/**
 * Flavors of the fleet's GPUs, and cohorts and cluster queues with the scenario's quotas, with a local queue each in the
 * namespace `default`. Where the fleet has several flavors, a quota of so many GPUs is divided among them by their GPUs.
 *
 * @see kubernetes-sigs/kueue v0.20 (devel), config/components/crd/bases, v1beta2: `cohortName`, `resourceGroups` (16, of 64
 * flavors), borrowing limits only in a cohort, quantities not negative, names RFC 1123
 */
export const kueue: Exporter = {
  name: 'kueue',
  description:
    'ResourceFlavors, Cohorts, ClusterQueues and LocalQueues of Kueue (Kubernetes manifests, YAML)',
  settings: ['migStrategy'],
  write(scenario, settings) {
    const groups = chosenGroups(scenario, settings);
    if (isProblem(groups)) return refused(groups);
    const tree = quotaTree(scenario);
    if (!tree.ok) return refused(tree.problems);
    const flavors = flavorsOf(groups, settings.migStrategy);
    if (flavors.length === 0) return nothingToWrite('whose GPUs a device plugin offers');
    const problems = problemsOf(flavors);
    if (problems.length > 0) return refused(problems);
    const writer = new KueueWriter(flavors, tree.nodes, labelsOf(scenario));
    const data = writer.documents();
    const notes = [...writer.notes, ...groups.flatMap(offerNotes)];
    return { ok: true, text: header(scenario, notes) + data.map(yamlText).join('---\n'), data, notes };
  },
};

class KueueWriter {
  readonly notes: string[] = [];
  readonly #flavors: readonly Flavor[];
  readonly #covered: readonly (readonly string[])[];
  readonly #nodes: readonly QuotaNode[];
  readonly #names = objectNames();
  readonly #products = labelNames();
  readonly #groups: NameTable;

  constructor(flavors: readonly Flavor[], nodes: readonly QuotaNode[], groups: NameTable) {
    this.#groups = groups;
    this.#flavors = flavors;
    this.#covered = coveredTogether(flavors);
    this.#nodes = nodes;
  }

  documents(): object[] {
    this.notes.push(
      'nodes are told apart by the label nvidia.com/gpu.product, whose value is what GPU feature discovery finds: check it',
    );
    if (this.#flavors.some(({ group }) => group !== null)) {
      this.notes.push(
        'GPUs of one model are offered in several ways: nodes of each host group must have its label nvidia.com/device-plugin.config',
      );
    }
    const quotas = this.#nodes.length === 0 ? this.#open() : this.#tree();
    this.notes.push(...this.#names.notes('queue').filter((note) => !note.includes(JSON.stringify(FLEET))));
    return [...this.#flavors.map((flavor) => this.#flavor(flavor)), ...quotas];
  }

  #flavor({ name, model, group }: Flavor): object {
    const nodeLabels = {
      'nvidia.com/gpu.product': this.#products.of(productOf(model)),
      ...(group === null ? {} : { 'nvidia.com/device-plugin.config': this.#groups.of(group) }),
    };
    return { apiVersion: API, kind: 'ResourceFlavor', metadata: { name }, spec: { nodeLabels } };
  }

  /** Without quotas there is one queue that has it all. */
  #open(): object[] {
    return this.#queue(FLEET, { resourceGroups: this.#resourceGroups(this.#total(), null) });
  }

  #total(): number {
    return this.#flavors.reduce((sum, { gpus }) => sum + gpus, 0);
  }

  /** What no queue owns is the cohort's of all, where every queue can borrow it. */
  #tree(): object[] {
    const total = this.#total();
    const roots = this.#nodes.filter(({ parent }) => parent === null);
    const owned = roots.reduce((sum, { guaranteedGpus }) => sum + guaranteedGpus, 0);
    if (owned > total) {
      this.notes.push(`the queues own ${owned} GPUs, the fleet offers ${total}: not all of them can be had`);
    }
    const free = Math.max(0, total - owned);
    const name = this.#names.of(FLEET);
    const spec = free > 0 ? { resourceGroups: this.#resourceGroups(free, null) } : {};
    const root = { apiVersion: API, kind: 'Cohort', metadata: { name }, spec };
    return [root, ...this.#nodes.flatMap((node) => this.#node(node, name))];
  }

  #node({ path, parent, children, guaranteedGpus, maxGpus, weight }: QuotaNode, root: string): object[] {
    const below = children.reduce((sum, child) => sum + child.guaranteedGpus, 0);
    if (children.length > 0 && below > guaranteedGpus) {
      this.notes.push(`queue ${JSON.stringify(path)} owns ${guaranteedGpus} GPUs, those below it ${below}`);
    }
    const above = parent === null ? root : this.#names.of(parent.path);
    const borrowing = Number.isFinite(maxGpus) ? Math.max(0, maxGpus - guaranteedGpus) : null;
    const resourceGroups = this.#resourceGroups(Math.max(0, guaranteedGpus - below), borrowing);
    const fairSharing = { weight: String(weight) };
    if (children.length === 0) {
      return this.#queue(path, { cohortName: above, resourceGroups, fairSharing });
    }
    const spec = { parentName: above, resourceGroups, fairSharing };
    return [{ apiVersion: API, kind: 'Cohort', metadata: { name: this.#names.of(path) }, spec }];
  }

  #queue(text: string, spec: object): object[] {
    const name = this.#names.of(text);
    const preemption = { reclaimWithinCohort: 'Any' };
    return [
      {
        apiVersion: API,
        kind: 'ClusterQueue',
        metadata: { name },
        spec: { ...spec, namespaceSelector: {}, preemption },
      },
      {
        apiVersion: API,
        kind: 'LocalQueue',
        metadata: { name, namespace: NAMESPACE },
        spec: { clusterQueue: name },
      },
    ];
  }

  /** GPUs divided among the flavors, each as what its GPUs are offered as. */
  #resourceGroups(gpus: number, borrowing: number | null) {
    const weights = this.#flavors.map((flavor) => flavor.gpus);
    const own = shares(Math.round(gpus * MILLI), weights);
    const more = borrowing === null ? null : shares(Math.round(borrowing * MILLI), weights);
    return this.#covered.map((coveredResources) => ({
      coveredResources,
      flavors: this.#flavors.flatMap(({ name, perGpu }, at) => {
        if (!coveredResources.some((resource) => perGpu.has(resource))) return [];
        const resources = coveredResources.map((resource) => ({
          name: resource,
          nominalQuota: this.#quantity(resource, own[at], perGpu),
          ...(more === null ? {} : { borrowingLimit: this.#quantity(resource, more[at], perGpu) }),
        }));
        return [{ name, resources }];
      }),
    }));
  }

  #quantity(resource: string, milli: number | undefined, perGpu: ReadonlyMap<string, number>): string {
    const units = (milli ?? 0) * (perGpu.get(resource) ?? 0);
    const note = `quotas of ${resource} that are not whole are rounded down: devices are counted whole`;
    if (units % MILLI !== 0 && !this.notes.includes(note)) this.notes.push(note);
    return String(Math.floor(units / MILLI));
  }
}

/**
 * Resources in groups, so that a flavor is in one group only: those that GPUs of one flavor are offered as go together,
 * and so do flavors that have a resource in common. A flavor must list every resource of its group.
 */
function coveredTogether(flavors: readonly Flavor[]): readonly (readonly string[])[] {
  const groups: Set<string>[] = [];
  for (const { perGpu } of flavors) {
    const joined = new Set(perGpu.keys());
    const met = groups.filter((group) => [...group].some((resource) => joined.has(resource)));
    const all = new Set([...met.flatMap((group) => [...group]), ...joined]);
    const rest = groups.filter((group) => !met.includes(group));
    groups.splice(0, groups.length, ...rest, all);
  }
  return groups.map((group) => [...group]);
}

/** A flavor for each model whose GPUs are offered alike, else one for each host group with it. */
function flavorsOf(groups: readonly HostGroup[], migStrategy: 'single' | 'mixed'): readonly Flavor[] {
  const offers = groups.flatMap((group) => {
    const models = new Set(group.gpus.map(({ model }) => model));
    const all = advertised(group, migStrategy);
    return [...models].flatMap((model) => {
      const own = all.filter((each) => each.model === model);
      const perGpu = new Map<string, number>();
      for (const each of own) perGpu.set(each.resource, (perGpu.get(each.resource) ?? 0) + each.perGpu);
      const perHost = group.gpus
        .filter((gpu) => gpu.model === model)
        .reduce((sum, gpu) => sum + gpu.count, 0);
      const text = JSON.stringify([...perGpu].sort());
      return perGpu.size === 0
        ? []
        : [{ model, group: group.name, perGpu, gpus: perHost * group.count, text }];
    });
  });
  const names = objectNames();
  return [...new Set(offers.map(({ model }) => model))].flatMap((model): Flavor[] => {
    const own = offers.filter((offer) => offer.model === model);
    const [first] = own;
    if (first === undefined) return [];
    if (own.every(({ text }) => text === first.text)) {
      const gpus = own.reduce((sum, offer) => sum + offer.gpus, 0);
      return [{ name: names.of(model), model, group: null, perGpu: first.perGpu, gpus }];
    }
    return own.map(({ group, perGpu, gpus }) => ({
      name: names.of(`${model}-${group}`),
      model,
      group,
      perGpu,
      gpus,
    }));
  });
}

function productOf(model: string): string {
  return (catalogueGpu(model)?.name ?? model).replace(/\s+/g, '-');
}

function problemsOf(flavors: readonly Flavor[]): Problem[] {
  const groups = coveredTogether(flavors).length;
  const problems: Problem[] = [];
  if (groups > MOST_GROUPS) {
    problems.push({
      path: 'fleet.hosts',
      message: `must offer at most ${MOST_GROUPS} groups of resources, offers ${groups}`,
    });
  }
  if (flavors.length > MOST_FLAVORS) {
    problems.push({
      path: 'fleet.hosts',
      message: `must have at most ${MOST_FLAVORS} flavors, has ${flavors.length}`,
    });
  }
  return problems;
}

function offerNotes({ name, sharing }: HostGroup): string[] {
  if (sharing !== null && !HOST_MODES.has(sharing.mode)) {
    return [
      `host group ${JSON.stringify(name)}: ${sharing.mode} is for virtual machines and the like: left out`,
    ];
  }
  if (sharing !== null) return [];
  return [
    `host group ${JSON.stringify(name)}: sharing by fraction of a GPU cannot be said: quotas are of whole GPUs`,
  ];
}
