import type { Discipline, DisciplineContext, QueuedJob, QueueingPolicy } from './discipline.ts';
import { gpuMilliOf } from './gpu-milli.ts';
import { type QuotaNode, QuotaTree } from './quota-tree.ts';

/**
 * Hierarchical quotas of GPUs: a queue is guaranteed some, may borrow what others leave unused up to its maximum, and
 * gets its own back. Queues with guarantee left come first, the one that has used the smallest part of its own before
 * the others; what is over goes to siblings by their weights. A job that names no known queue is in a child without
 * guarantee of the queue above, or of the root.
 *
 * A job that with its GPUs stays within the guarantee of its queue, or of one above it, may take the place of jobs
 * outside of that queue, those of the queue furthest above its guarantee by weight first. Nobody is taken below a
 * guarantee, on no level but those that gain from it.
 *
 * The three numbers of a queue are quota, limit and over-quota weight of KAI Scheduler. Unlike there, nothing is taken
 * back for an uneven share of what is over; unlike in Kueue, not even the last stop may end below the guarantee. CPU
 * and host memory are nobody's, and jobs without GPUs neither stop others nor are stopped.
 * A job that is stopped counts no more but for the maximum, which it counts against until its GPUs are free.
 */
class Quotas implements Discipline {
  readonly #tree: QuotaTree;
  /** Slots of waiting jobs that others are being stopped for. */
  readonly #awaited = new Set<number>();
  #order: readonly number[] | undefined;

  constructor({ config }: DisciplineContext) {
    this.#tree = new QuotaTree(config.quotas);
  }

  rank(): number {
    return 0;
  }

  laneOf({ job }: QueuedJob): number {
    const { leaves } = this.#tree;
    const known = leaves.length;
    const number = this.#tree.leafNumber(job.claim.queue);
    if (leaves.length > known) this.#order = undefined;
    return number;
  }

  laneRank(lane: number): number {
    this.#order ??= this.#tree.order();
    return this.#order[lane] as number;
  }

  holds(job: QueuedJob, _nowUs: number, without: readonly QueuedJob[] = []): string | undefined {
    if (job.gpus === 0) return undefined;
    const ownMilli = gpuMilliOf(job);
    const isAwaited = this.#awaited.has(job.slot);
    for (let node: QuotaNode | undefined = this.#leafOf(job); node !== undefined; node = node.parent) {
      // The maximum holds now, with those who are leaving, and later, with those who are awaited.
      const { leavingMilli, awaitedMilli } = node;
      const moreMilli = isAwaited ? leavingMilli : Math.max(leavingMilli, awaitedMilli);
      const milli = node.runningMilli + moreMilli + ownMilli - this.#milliIn(node, without);
      if (milli > node.maxMilli) return `quota:${node.path}`;
    }
    return undefined;
  }

  never(job: QueuedJob): string | undefined {
    const ownMilli = gpuMilliOf(job);
    for (let node: QuotaNode | undefined = this.#leafOf(job); node !== undefined; node = node.parent) {
      if (ownMilli > node.maxMilli) return 'quota';
    }
    return undefined;
  }

  started(job: QueuedJob): void {
    if (this.#awaited.delete(job.slot)) this.#add(job, 'awaitedMilli', -1);
    this.#add(job, 'runningMilli', 1);
  }

  stopped(job: QueuedJob): void {
    this.#add(job, 'runningMilli', -1);
    this.#add(job, 'leavingMilli', 1);
  }

  vacated(job: QueuedJob): void {
    this.#add(job, 'leavingMilli', -1);
  }

  awaits(job: QueuedJob): void {
    if (this.#awaited.has(job.slot)) return;
    this.#awaited.add(job.slot);
    this.#add(job, 'awaitedMilli', 1);
  }

  awaitsNoMore(job: QueuedJob): void {
    if (this.#awaited.delete(job.slot)) this.#add(job, 'awaitedMilli', -1);
  }

  withdrawn(job: QueuedJob): void {
    if (this.#awaited.delete(job.slot)) this.#add(job, 'awaitedMilli', -1);
  }

  mayEvict(waiting: QueuedJob, running: QueuedJob): boolean {
    return this.yields(waiting, running, []) !== undefined;
  }

  yields(waiting: QueuedJob, running: QueuedJob, beside: readonly QueuedJob[]): number | undefined {
    if (waiting.gpus === 0 || running.gpus === 0) return undefined;
    const gains = this.#entitled(waiting);
    const loser = this.#leafOf(running);
    if (gains === undefined || gains.contains(loser)) return undefined;
    for (let node: QuotaNode = loser; !node.contains(gains); node = node.parent as QuotaNode) {
      const left = node.runningMilli - this.#milliIn(node, beside) - gpuMilliOf(running);
      if (left < node.guaranteedMilli) return undefined;
    }
    const { runningMilli, guaranteedMilli, weight } = loser;
    return (runningMilli - this.#milliIn(loser, beside) - guaranteedMilli) / weight;
  }

  /** The lowest queue above a waiting job within whose guarantee it would be. */
  #entitled(job: QueuedJob): QuotaNode | undefined {
    const milli = gpuMilliOf(job);
    for (let node: QuotaNode | undefined = this.#leafOf(job); node !== undefined; node = node.parent) {
      if (node.usedMilli + milli <= node.guaranteedMilli) return node;
    }
    return undefined;
  }

  #milliIn(node: QuotaNode, jobs: readonly QueuedJob[]): number {
    let milli = 0;
    for (const job of jobs) if (node.contains(this.#leafOf(job))) milli += gpuMilliOf(job);
    return milli;
  }

  #add(job: QueuedJob, counter: 'runningMilli' | 'leavingMilli' | 'awaitedMilli', sign: 1 | -1): void {
    const milli = sign * gpuMilliOf(job);
    for (let node: QuotaNode | undefined = this.#leafOf(job); node !== undefined; node = node.parent) {
      node[counter] += milli;
    }
    this.#order = undefined;
  }

  #leafOf(job: QueuedJob): QuotaNode {
    return this.#tree.leaves[this.laneOf(job)] as QuotaNode;
  }
}

/** Guaranteed GPUs by queue, borrowed while they are idle and taken back when they are wanted. */
export const quotas: QueueingPolicy = {
  name: 'quotas',
  summary:
    'queues in a tree, each with guaranteed GPUs that others may borrow, a maximum, and a weight for what is over',
  source:
    'KAI Scheduler documentation, Scheduling queues (quota, limit, over-quota weight); Kueue documentation, Cohorts',
  promises: {
    starvationFree: 'no',
    preempts: true,
    words:
      'a queue gets its guarantee back as soon as jobs that borrow may be stopped; beyond its guarantee a job may wait for ever, or be stopped again and again',
  },
  fill: 'skip',
  create: (context) => new Quotas(context),
};
