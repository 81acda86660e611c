import { GPU_MILLI } from '../../cluster/request.ts';
import type { Quota } from './discipline.ts';

/** A queue in the tree of quotas. GPUs are in thousandths. */
export class QuotaNode {
  readonly path: string;
  readonly parent: QuotaNode | undefined;
  readonly children: QuotaNode[] = [];
  readonly weight: number;
  readonly maxMilli: number;
  guaranteedMilli: number;
  /** GPUs of the running jobs below it. */
  runningMilli = 0;
  /** GPUs of stopped jobs below it that still hold them. */
  leavingMilli = 0;
  /** GPUs of waiting jobs below it that others are being stopped for. */
  awaitedMilli = 0;

  constructor(path: string, parent: QuotaNode | undefined, quota: Quota | undefined) {
    this.path = path;
    this.parent = parent;
    this.weight = quota?.weight ?? 1;
    this.maxMilli = (quota?.maxGpus ?? Number.POSITIVE_INFINITY) * GPU_MILLI;
    this.guaranteedMilli = (quota?.guaranteedGpus ?? 0) * GPU_MILLI;
  }

  /** GPUs of those who run, and will when those have left who are leaving. */
  get usedMilli(): number {
    return this.runningMilli + this.awaitedMilli;
  }

  get hasGuaranteeLeft(): boolean {
    return this.usedMilli < this.guaranteedMilli;
  }

  /** Lower is more in need: the unused part of its guarantee, below 0; once that is used up, what it borrows by its weight. */
  get need(): number {
    return this.hasGuaranteeLeft
      ? this.usedMilli / this.guaranteedMilli - 1
      : (this.usedMilli - this.guaranteedMilli) / this.weight;
  }

  /** Whether it is that node or one above it. */
  contains(node: QuotaNode): boolean {
    for (let each: QuotaNode | undefined = node; each !== undefined; each = each.parent) {
      if (each === this) return true;
    }
    return false;
  }
}

/** The tree of queues. Its root stands for the whole pool and has no quota. */
export class QuotaTree {
  readonly root = new QuotaNode('', undefined, undefined);
  /** Queues that jobs are in, in order of first sight. */
  readonly leaves: QuotaNode[] = [];
  readonly #byPath = new Map<string, QuotaNode>();
  readonly #leafOfPath = new Map<string, number>();
  /** By inner node: where its jobs are that name no known queue below it. */
  readonly #rest = new Map<QuotaNode, QuotaNode>();

  /**
   * @param quotas a parent that is not among them is guaranteed what its children are
   * @throws {RangeError} if a path is empty or stated twice, or a number is out of range
   */
  constructor(quotas: readonly Quota[]) {
    const stated = new Map<string, Quota>();
    for (const quota of quotas) {
      checkQuota(quota);
      if (stated.has(quota.path)) throw new RangeError(`Cannot use quotas: "${quota.path}" is stated twice`);
      stated.set(quota.path, quota);
    }
    for (const { path } of quotas) this.#grow(path, stated);
    sumUnstated(this.root, stated);
  }

  /** Number of the leaf that a job with this queue is in. */
  leafNumber(queue: string): number {
    const known = this.#leafOfPath.get(queue);
    if (known !== undefined) return known;
    const leaf = this.#leafOf(queue);
    let number = this.leaves.indexOf(leaf);
    if (number < 0) number = this.leaves.push(leaf) - 1;
    this.#leafOfPath.set(queue, number);
    return number;
  }

  /**
   * Place of each leaf, by number: level by level the child most in need comes first, and equals share a place. Leaves
   * with guarantee left, or below a queue that has, come before all others.
   */
  order(): readonly number[] {
    const places = new Map<QuotaNode, number>();
    const end = placeBelow(this.root, 0, places);
    return this.leaves.map((leaf) => {
      const place = places.get(leaf) as number;
      for (let node: QuotaNode | undefined = leaf; node !== undefined; node = node.parent) {
        if (node.hasGuaranteeLeft) return place;
      }
      return place + end;
    });
  }

  #grow(path: string, stated: ReadonlyMap<string, Quota>): QuotaNode {
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? this.root : this.#grow(path.slice(0, slash), stated);
    const node = new QuotaNode(path, parent, stated.get(path));
    parent.children.push(node);
    this.#byPath.set(path, node);
    return node;
  }

  /** The longest known beginning of the path; where that has children, the child that stands for the rest. */
  #leafOf(queue: string): QuotaNode {
    let path = queue;
    while (!this.#byPath.has(path) && path !== '') path = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const node = this.#byPath.get(path) ?? this.root;
    if (node !== this.root && node.children.length === 0) return node;
    let rest = this.#rest.get(node);
    if (rest === undefined) {
      rest = new QuotaNode(node === this.root ? '' : `${node.path}/`, node, undefined);
      node.children.push(rest);
      this.#rest.set(node, rest);
    }
    return rest;
  }
}

/** Gives the leaves below a node their places from `from` on; answers how many places that took. */
function placeBelow(node: QuotaNode, from: number, places: Map<QuotaNode, number>): number {
  if (node.children.length === 0) {
    places.set(node, from);
    return 1;
  }
  const inNeed = node.children.map((child) => ({ child, need: child.need })).sort((a, b) => a.need - b.need);
  let at = from;
  let widest = 0;
  for (let i = 0; i < inNeed.length; i++) {
    const { child, need } = inNeed[i] as { child: QuotaNode; need: number };
    if (i > 0 && need !== inNeed[i - 1]?.need) {
      at += widest;
      widest = 0;
    }
    widest = Math.max(widest, placeBelow(child, at, places));
  }
  return at + widest - from;
}

function sumUnstated(node: QuotaNode, stated: ReadonlyMap<string, Quota>): void {
  let sum = 0;
  for (const child of node.children) {
    sumUnstated(child, stated);
    sum += child.guaranteedMilli;
  }
  if (node.parent !== undefined && !stated.has(node.path)) node.guaranteedMilli = sum;
}

function checkQuota({ path, guaranteedGpus, maxGpus, weight }: Quota): void {
  const problem = path.split('/').includes('')
    ? 'need a path of names joined by /'
    : !(guaranteedGpus >= 0 && guaranteedGpus < Number.POSITIVE_INFINITY)
      ? `need guaranteed GPUs >= 0, got ${guaranteedGpus}`
      : !(maxGpus >= guaranteedGpus)
        ? `need at most ${maxGpus} GPUs to be at least the ${guaranteedGpus} guaranteed`
        : !(weight > 0 && weight < Number.POSITIVE_INFINITY)
          ? `need a finite weight > 0, got ${weight}`
          : undefined;
  if (problem !== undefined) throw new RangeError(`Cannot use the quota of "${path}": ${problem}`);
}
