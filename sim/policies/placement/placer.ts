import { CandidateIndex } from '../../cluster/candidate-index.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { RandomStream } from '../../kernel/random.ts';
import { gather } from './gather.ts';
import type { PlacementContext, PlacementPolicy, Scorer, TieBreak } from './policy.ts';

/** Where one task goes. */
export interface Decision {
  readonly host: number;
  /** GPU indices within the host, ascending; empty for a task without GPU. */
  readonly gpus: readonly number[];
}

/**
 * A policy at work on one fleet: filter, score, tie-break. It reserves nothing; the caller places what it decides.
 *
 * @param hosts numbers of the hosts that it may place on, ascending; absent: all
 * @param tieBreak used unless the policy fixes its own
 * @param tieStream a stream of its own: it draws the host permutation (`shuffled`) or each choice among equals (`random`)
 */
export class Placer {
  readonly index: CandidateIndex;
  /** Hosts that it places on, by number, ascending. */
  readonly hosts: readonly number[];
  /** Whether more than one host could have taken a task in any decision so far. */
  hadChoice = false;
  readonly #scorer: Scorer;
  readonly #context: PlacementContext;
  readonly #random: RandomStream | undefined;

  constructor(
    policy: PlacementPolicy,
    context: PlacementContext,
    tieBreak: TieBreak,
    tieStream: RandomStream,
    hosts: readonly number[] = Array.from({ length: context.fleet.hostCount }, (_, h) => h),
  ) {
    this.hosts = hosts;
    const effective = policy.tieBreak ?? tieBreak;
    const hostAt = Int32Array.from(hosts);
    if (effective === 'shuffled') tieStream.shuffle(hostAt);
    this.#context = context;
    this.#scorer = policy.create(context, hosts);
    this.#random = effective === 'random' ? tieStream : undefined;
    this.index = new CandidateIndex(context.fleet, (host, shape) => this.#scorer.score(host, shape), hostAt);
  }

  /** Whether a host is one of those that it places on. */
  covers(host: number): boolean {
    return this.index.covers(host);
  }

  /**
   * Decides for one task; undefined if no host can take it now.
   *
   * @param allows which hosts may be chosen among those that can; absent: all
   */
  decide(shape: TaskShape, allows?: (host: number) => boolean): Decision | undefined {
    this.#context.fragmentation.trim();
    const host = this.#hostFor(shape, allows);
    if (host < 0) return undefined;
    if (!this.hadChoice && (this.index.hostsByMask(shape)[0] as number) > 1) this.hadChoice = true;
    return { host, gpus: this.gpusOn(host, shape) };
  }

  /** The GPUs that a task would get on a host that can take it now: indices within the host, ascending. */
  gpusOn(host: number, shape: TaskShape): readonly number[] {
    const gpus: number[] = [];
    if (shape.gpuCount === 0) return gpus;
    this.#scorer.chooseGpus(host, shape, gpus);
    if (gpus.length > 1) {
      gather(this.#context.fleet, host, shape, gpus);
      gpus.sort((a, b) => a - b);
    }
    return gpus;
  }

  #hostFor(shape: TaskShape, allows: ((host: number) => boolean) | undefined): number {
    const stream = this.#random;
    if (allows === undefined) {
      return stream === undefined
        ? this.index.first(shape)
        : this.index.anyOfBest(shape, (n) => stream.int(n));
    }
    return stream === undefined
      ? this.index.firstOf(shape, allows)
      : this.index.anyOf(shape, allows, (n) => stream.int(n));
  }
}
