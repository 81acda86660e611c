import type { Item } from './item.ts';
import { FOREIGN_GPU, GPU, profileOfResource, SHARED_GPU } from './node.ts';
import { readCount, readMib, readMilli } from './quantity.ts';

/** What a pod asks of its node. */
export interface PodResources {
  readonly cpuMilli: number;
  readonly memoryMib: number;
  /** GPUs, replicas or instances by resource; those of count 0 are left out. */
  readonly gpus: ReadonlyMap<string, number>;
  readonly foreignGpus: boolean;
}

type Amounts = Map<string, number>;

const MAX_AMOUNT = 1e9;

/**
 * What the scheduler counts for a pod, of each resource: the containers and side cars together, or the largest of the
 * initial containers, with the side cars that started before it, where that is more; and the overhead of its runtime. A request that is
 * missing is the limit. A request of the whole pod takes the place of its containers'.
 *
 * @see Kubernetes, "Init Containers" (resource sharing), "Sidecar Containers", "Pod Overhead", and component-helpers,
 *   resource.PodRequests
 */
export function readPodResources(spec: Item): PodResources {
  const seen = { foreign: false };
  const running: Amounts = new Map();
  for (const container of spec.at('containers').list())
    addTo(running, asked(container.at('resources'), seen));
  const sideCars: Amounts = new Map();
  const initial: Amounts = new Map();
  for (const container of spec.at('initContainers').list()) {
    const amounts = asked(container.at('resources'), seen);
    if (container.at('restartPolicy').value === 'Always') addTo(sideCars, amounts);
    else {
      addTo(amounts, sideCars);
      for (const [name, amount] of amounts) initial.set(name, Math.max(initial.get(name) ?? 0, amount));
    }
  }
  addTo(running, sideCars);
  for (const [name, amount] of initial) running.set(name, Math.max(running.get(name) ?? 0, amount));
  for (const [name, amount] of asked(spec.at('resources'), seen)) running.set(name, amount);
  const overhead: Amounts = new Map();
  readAmounts(overhead, spec.at('overhead'), seen);
  addTo(running, overhead);

  const gpus = new Map(
    [...running].filter(([name, amount]) => name !== 'cpu' && name !== 'memory' && amount > 0),
  );
  return {
    cpuMilli: running.get('cpu') ?? 0,
    memoryMib: running.get('memory') ?? 0,
    gpus,
    foreignGpus: seen.foreign,
  };
}

function addTo(sum: Amounts, amounts: Amounts): void {
  for (const [name, amount] of amounts) sum.set(name, (sum.get(name) ?? 0) + amount);
}

/** Requests, and limits for what has none. */
function asked(resources: Item, seen: { foreign: boolean }): Amounts {
  const amounts: Amounts = new Map();
  readAmounts(amounts, resources.at('limits'), seen);
  readAmounts(amounts, resources.at('requests'), seen);
  return amounts;
}

function readAmounts(amounts: Amounts, list: Item, seen: { foreign: boolean }): void {
  for (const [name, value] of list.entries()) {
    const isGpu = name === GPU || name === SHARED_GPU || profileOfResource(name) !== undefined;
    if (FOREIGN_GPU.test(name) && readCount(value.value) !== 0) seen.foreign = true;
    if (!isGpu && name !== 'cpu' && name !== 'memory') continue;
    const amount = isGpu
      ? readCount(value.value)
      : name === 'cpu'
        ? readMilli(value.value, 'up')
        : readMib(value.value, 'up');
    if (amount !== undefined && amount <= MAX_AMOUNT) amounts.set(name, amount);
    else
      value.reject(
        isGpu ? 'must be a whole number' : `must be a quantity of ${name} such as 500m, 2 or 1.5Gi`,
      );
  }
}
