import type { GpuNames } from '../gpu-names.ts';
import type { Item } from './item.ts';
import { modelOfProduct, productParts } from './node.ts';
import type { FleetGpus } from './pod-gpus.ts';
import { readPodModels } from './pod-models.ts';
import { readPodResources } from './pod-resources.ts';
import type { KubernetesHost, KubernetesJob } from './types.ts';

/** What reading pods needs to know of the cluster. */
export interface ClusterView {
  readonly hosts: ReadonlyMap<string, KubernetesHost>;
  readonly gpus: FleetGpus;
  readonly names: GpuNames;
  /** Models of all nodes. */
  readonly models: readonly string[];
  /** Priorities by name of their class. */
  readonly priorities: ReadonlyMap<string, number>;
}

export interface PodReading {
  readonly job: KubernetesJob;
  /** Empty: on none yet. */
  readonly nodeName: string;
  /** It is there because its node is: of a DaemonSet, or a static pod. */
  readonly isDaemon: boolean;
  readonly foreignGpus: boolean;
  readonly hasTolerations: boolean;
  readonly hasOtherWishes: boolean;
  readonly unknownPriority: boolean;
}

const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];
const QUEUE_LABELS = ['kueue.x-k8s.io/queue-name', 'kai.scheduler/queue', 'runai/queue'];
const MAX_SEC = 9e9;
const MAX_PRIORITY = 2_147_483_647;

/** Reads a Pod. What it returns for a bad one is not used. */
export function readPod(pod: Item, cluster: ClusterView): PodReading {
  const metadata = pod.at('metadata');
  const spec = pod.at('spec');
  const status = pod.at('status');
  const nodeName = spec.at('nodeName').text() ?? '';
  const resources = readPodResources(spec);
  const gpus = cluster.gpus.read(resources.gpus, cluster.hosts.get(nodeName));
  if (!gpus.ok) spec.at('containers').reject(gpus.message);
  const modelOf = (label: string) => modelOfProduct(productParts(label).product, cluster.names);
  const { models, hasOtherWishes } = readPodModels(spec, modelOf, cluster.models);
  const owner = ownerOf(metadata);
  const labels = metadata.at('labels');
  const namespace = metadata.at('namespace').text() || 'default';
  const phase = status.at('phase').text() ?? 'Pending';
  if (!PHASES.includes(phase)) status.at('phase').reject(`must be one of ${PHASES.join(', ')}`);
  const submitSec = metadata.at('creationTimestamp').time();
  if (submitSec === undefined && !pod.rowIsBad) {
    metadata.at('creationTimestamp').reject('must be a time such as 2024-04-11T05:18:35Z');
  }
  const { priority, isUnknown } = priorityOf(spec, cluster.priorities);
  const hasGpus = gpus.ok && gpus.gpuCount > 0;
  return {
    job: {
      name: `${namespace}/${metadata.at('name').name()}`,
      cpuMilli: resources.cpuMilli,
      memoryMib: resources.memoryMib,
      gpuCount: gpus.ok ? gpus.gpuCount : 0,
      gpuMilli: gpus.ok ? gpus.gpuMilli : 0,
      models: hasGpus ? (models ?? []) : [],
      workers: 1,
      submitSec: submitSec ?? 0,
      durationSec: durationOf(status, phase, submitSec),
      estimateSec: secondsOf(spec.at('activeDeadlineSeconds')),
      user: namespace,
      queue: QUEUE_LABELS.map((label) => labels.at(label).text()).find(Boolean) ?? '',
      priority,
      kind: owner.kind,
      deadlineSec: undefined,
      profile: gpus.ok ? gpus.profile : '',
      owner: owner.kind === '' ? '' : `${owner.kind}/${owner.name}`,
      phase,
    },
    nodeName,
    isDaemon: owner.kind === 'DaemonSet' || owner.kind === 'Node',
    foreignGpus: resources.foreignGpus,
    hasTolerations: spec.at('tolerations').list().some(isOwnToleration),
    hasOtherWishes: hasOtherWishes || hasPodRules(spec),
    unknownPriority: isUnknown,
  };
}

/** The owner that controls the pod, else the first one. */
function ownerOf(metadata: Item): { readonly kind: string; readonly name: string } {
  const owners = metadata.at('ownerReferences').list();
  const owner = owners.find((each) => each.at('controller').value === true) ?? owners[0];
  return owner === undefined
    ? { kind: '', name: '' }
    : { kind: owner.at('kind').name(), name: owner.at('name').name() };
}

/** Run time of a pod that is over: from its start to the end of its last container. */
function durationOf(status: Item, phase: string, submitSec: number | undefined): number | undefined {
  const startSec = status.at('startTime').time();
  if (phase !== 'Succeeded' && phase !== 'Failed') return undefined;
  const ends = status
    .at('containerStatuses')
    .list()
    .flatMap((container) => container.at('state').at('terminated').at('finishedAt').time() ?? []);
  // Evicted and rejected pods have no containers that ended.
  if (ends.length === 0 || startSec === undefined) return undefined;
  const seconds = Math.max(...ends) - startSec;
  if (seconds < 0 || (submitSec !== undefined && startSec < submitSec)) {
    const message =
      seconds < 0
        ? 'must not be after the end of every container (finishedAt)'
        : 'must not be before creationTimestamp';
    status.at('startTime').reject(message);
  }
  return seconds;
}

function priorityOf(
  spec: Item,
  known: ReadonlyMap<string, number>,
): { readonly priority: number | undefined; readonly isUnknown: boolean } {
  const stated = spec.at('priority');
  const name = spec.at('priorityClassName').text() ?? '';
  if (stated.isPresent) {
    const { value } = stated;
    if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= MAX_PRIORITY) {
      return { priority: value, isUnknown: false };
    }
    stated.reject(`must be a whole number from -${MAX_PRIORITY} to ${MAX_PRIORITY}`);
  }
  const priority = known.get(name);
  return { priority, isUnknown: name !== '' && priority === undefined };
}

function secondsOf(value: Item): number | undefined {
  if (!value.isPresent) return undefined;
  if (typeof value.value === 'number' && value.value >= 1 && value.value <= MAX_SEC) return value.value;
  value.reject('must be seconds from 1 to 9e9');
  return undefined;
}

/** Every pod has the two that Kubernetes adds by itself, for nodes that are not ready or cannot be reached. */
function isOwnToleration(toleration: Item): boolean {
  const key = toleration.at('key').text() ?? '';
  return !/^node\.kubernetes\.io\/(not-ready|unreachable)$/.test(key);
}

/** Wishes about other pods and about the spread over nodes. */
function hasPodRules(spec: Item): boolean {
  const affinity = spec.at('affinity');
  return (
    affinity.at('podAffinity').isPresent ||
    affinity.at('podAntiAffinity').isPresent ||
    spec.at('topologySpreadConstraints').list().length > 0
  );
}
