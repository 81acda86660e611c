import { REFUSAL_MASKS, refusalMask } from './fit.ts';
import type { FleetView } from './fleet.ts';
import type { TaskShape } from './request.ts';

const BLOCK = 32;

/** Answers of one task shape, kept per position in tie-break order. */
interface ShapeAnswers {
  readonly scores: Float64Array;
  readonly masks: Uint8Array;
  readonly hostsByMask: Int32Array;
  /** Highest score of each block of positions, and how many positions have it; not up to date where `isStale` is 1. */
  readonly blockBest: Float64Array;
  readonly blockBestCount: Int32Array;
  readonly isStale: Uint8Array;
  /** The blocks that are not up to date, in no order. */
  readonly stale: number[];
  /** Highest score of each block of blocks. */
  readonly best: Float64Array;
  seenChanges: number;
}

/**
 * Filter and score of every host, kept per task shape: a decision scores again only the hosts that changed since the
 * last decision for that shape. Positions are hosts in tie-break order, so that "leftmost of the best" is the choice.
 *
 * Memory: about 9 bytes x hosts x shapes, for at most `maxShapes` shapes; the shape asked for longest ago goes first.
 */
export class CandidateIndex {
  /** Hosts scored so far, for benchmarks and tests. */
  scored = 0;
  readonly #fleet: FleetView;
  readonly #score: (host: number, shape: TaskShape) => number;
  readonly #hostAt: Int32Array;
  readonly #positionOf: Int32Array;
  readonly #answers = new Map<number, ShapeAnswers>();
  readonly #maxShapes: number;
  readonly #seenIn: Int32Array;
  #pass = 0;

  /**
   * @param score called for hosts that pass the filter; higher wins; must depend on the host's state and the shape alone
   * @param hostAt numbers of the hosts that may be chosen, in tie-break order
   */
  constructor(
    fleet: FleetView,
    score: (host: number, shape: TaskShape) => number,
    hostAt: Int32Array,
    maxShapes = 4096,
  ) {
    this.#fleet = fleet;
    this.#score = score;
    this.#hostAt = hostAt;
    this.#positionOf = new Int32Array(fleet.hostCount).fill(-1);
    for (let p = 0; p < hostAt.length; p++) this.#positionOf[hostAt[p] as number] = p;
    this.#seenIn = new Int32Array(fleet.hostCount);
    this.#maxShapes = maxShapes;
  }

  /** Whether a host is one of those that may be chosen. */
  covers(host: number): boolean {
    return (this.#positionOf[host] as number) >= 0;
  }

  /** The best host, the earliest of equals; -1 if none passes the filter. */
  first(shape: TaskShape): number {
    const answers = this.#refresh(shape);
    const { blockBest, scores } = answers;
    let best = Number.NEGATIVE_INFINITY;
    let from = -1;
    for (let s = 0; s < answers.best.length; s++) {
      if ((answers.best[s] as number) > best) {
        best = answers.best[s] as number;
        from = s;
      }
    }
    if (from < 0) return -1;
    let b = from * BLOCK;
    while (blockBest[b] !== best) b += 1;
    let p = b * BLOCK;
    while (scores[p] !== best) p += 1;
    return this.#hostAt[p] as number;
  }

  /** The best of the hosts that `allows` lets pass, the earliest of equals; -1 if there is none. Asked of few hosts only. */
  firstOf(shape: TaskShape, allows: (host: number) => boolean): number {
    const { blockBest, scores } = this.#refresh(shape);
    let best = Number.NEGATIVE_INFINITY;
    let found = -1;
    for (let b = 0; b < blockBest.length; b++) {
      if ((blockBest[b] as number) <= best) continue;
      const end = Math.min(scores.length, (b + 1) * BLOCK);
      for (let p = b * BLOCK; p < end; p++) {
        if ((scores[p] as number) <= best || !allows(this.#hostAt[p] as number)) continue;
        best = scores[p] as number;
        found = this.#hostAt[p] as number;
      }
    }
    return found;
  }

  /** Hosts that pass the filter, in tie-break order. */
  fitting(shape: TaskShape): readonly number[] {
    const { masks } = this.#refresh(shape);
    const hosts: number[] = [];
    for (let p = 0; p < masks.length; p++) if (masks[p] === 0) hosts.push(this.#hostAt[p] as number);
    return hosts;
  }

  /** `anyOfBest` of the hosts that `allows` lets pass. */
  anyOf(shape: TaskShape, allows: (host: number) => boolean, pick: (n: number) => number): number {
    const { scores } = this.#refresh(shape);
    let best = Number.NEGATIVE_INFINITY;
    let equals: number[] = [];
    for (let p = 0; p < scores.length; p++) {
      const score = scores[p] as number;
      if (score === Number.NEGATIVE_INFINITY || score < best) continue;
      const host = this.#hostAt[p] as number;
      if (!allows(host)) continue;
      if (score > best) equals = [];
      best = score;
      equals.push(host);
    }
    return equals.length === 0 ? -1 : (equals[pick(equals.length)] as number);
  }

  /** One of the best hosts: number `pick(n)` of the n equals in tie-break order; -1 if none passes the filter. */
  anyOfBest(shape: TaskShape, pick: (n: number) => number): number {
    const { blockBest, blockBestCount, scores } = this.#refresh(shape);
    let best = Number.NEGATIVE_INFINITY;
    let equals = 0;
    for (let b = 0; b < blockBest.length; b++) {
      const value = blockBest[b] as number;
      if (value > best) {
        best = value;
        equals = 0;
      }
      if (value === best && value !== Number.NEGATIVE_INFINITY) equals += blockBestCount[b] as number;
    }
    if (equals === 0) return -1;
    let left = pick(equals);
    for (let b = 0; ; b++) {
      if (blockBest[b] !== best) continue;
      if (left >= (blockBestCount[b] as number)) {
        left -= blockBestCount[b] as number;
        continue;
      }
      for (let p = b * BLOCK; ; p++) {
        if (scores[p] === best && left-- === 0) return this.#hostAt[p] as number;
      }
    }
  }

  /** Number of hosts by refusal mask (see fit.ts); entry 0 counts the hosts that can take the shape now. */
  hostsByMask(shape: TaskShape): Int32Array {
    return this.#refresh(shape).hostsByMask;
  }

  #refresh(shape: TaskShape): ShapeAnswers {
    const fleet = this.#fleet;
    let answers = this.#answers.get(shape.id);
    if (answers === undefined) {
      answers = this.#create(shape);
    } else if (answers.seenChanges !== fleet.changeCount) {
      const ring = fleet.changeRing;
      if (fleet.changeCount - answers.seenChanges > ring.length) {
        for (let p = 0; p < this.#hostAt.length; p++) this.#rescore(answers, p, shape);
      } else {
        this.#pass += 1;
        for (let i = answers.seenChanges; i < fleet.changeCount; i++) {
          const host = ring[i & (ring.length - 1)] as number;
          if (this.#seenIn[host] === this.#pass) continue;
          this.#seenIn[host] = this.#pass;
          const position = this.#positionOf[host] as number;
          if (position >= 0) this.#rescore(answers, position, shape);
        }
      }
      answers.seenChanges = fleet.changeCount;
      if (this.#answers.size >= this.#maxShapes) {
        this.#answers.delete(shape.id);
        this.#answers.set(shape.id, answers);
      }
    }
    for (const block of answers.stale) rebuildBlock(answers, block);
    for (const block of answers.stale) rebuildBest(answers, (block / BLOCK) | 0);
    answers.stale.length = 0;
    return answers;
  }

  #create(shape: TaskShape): ShapeAnswers {
    if (this.#answers.size >= this.#maxShapes) {
      const oldest = this.#answers.keys().next().value as number;
      this.#answers.delete(oldest);
    }
    const hosts = this.#hostAt.length;
    const blocks = Math.ceil(hosts / BLOCK);
    const answers: ShapeAnswers = {
      scores: new Float64Array(hosts).fill(Number.NEGATIVE_INFINITY),
      masks: new Uint8Array(hosts),
      hostsByMask: new Int32Array(REFUSAL_MASKS),
      blockBest: new Float64Array(blocks).fill(Number.NEGATIVE_INFINITY),
      blockBestCount: new Int32Array(blocks),
      isStale: new Uint8Array(blocks),
      stale: [],
      best: new Float64Array(Math.ceil(blocks / BLOCK)).fill(Number.NEGATIVE_INFINITY),
      seenChanges: this.#fleet.changeCount,
    };
    answers.hostsByMask[0] = hosts;
    for (let p = 0; p < hosts; p++) this.#rescore(answers, p, shape);
    this.#answers.set(shape.id, answers);
    return answers;
  }

  #rescore(answers: ShapeAnswers, position: number, shape: TaskShape): void {
    const host = this.#hostAt[position] as number;
    const mask = refusalMask(this.#fleet, host, shape);
    const before = answers.masks[position] as number;
    if (mask !== before) {
      answers.hostsByMask[before]! -= 1;
      answers.hostsByMask[mask]! += 1;
      answers.masks[position] = mask;
    }
    this.scored += 1;
    const score = mask === 0 ? this.#score(host, shape) : Number.NEGATIVE_INFINITY;
    const old = answers.scores[position] as number;
    answers.scores[position] = score;
    const block = (position / BLOCK) | 0;
    if (score === old || answers.isStale[block] === 1) return;
    const best = answers.blockBest[block] as number;
    if (score > best) {
      answers.blockBest[block] = score;
      answers.blockBestCount[block] = 1;
      const above = (block / BLOCK) | 0;
      if (score > (answers.best[above] as number)) answers.best[above] = score;
      return;
    }
    if (score === best) answers.blockBestCount[block]! += 1;
    else if (old === best) {
      answers.blockBestCount[block]! -= 1;
      // Nobody is known that has the best score of the block: it is looked for when it is needed.
      if (answers.blockBestCount[block] === 0) {
        answers.isStale[block] = 1;
        answers.stale.push(block);
      }
    }
  }
}

function rebuildBlock(answers: ShapeAnswers, block: number): void {
  const { scores } = answers;
  const end = Math.min(scores.length, (block + 1) * BLOCK);
  let best = Number.NEGATIVE_INFINITY;
  let count = 0;
  for (let p = block * BLOCK; p < end; p++) {
    const score = scores[p] as number;
    if (score > best) {
      best = score;
      count = 1;
    } else if (score === best) {
      count += 1;
    }
  }
  answers.blockBest[block] = best;
  answers.blockBestCount[block] = count;
  answers.isStale[block] = 0;
}

function rebuildBest({ best, blockBest }: ShapeAnswers, number: number): void {
  const end = Math.min(blockBest.length, (number + 1) * BLOCK);
  let highest = Number.NEGATIVE_INFINITY;
  for (let b = number * BLOCK; b < end; b++) highest = Math.max(highest, blockBest[b] as number);
  best[number] = highest;
}
