import { CandidateIndex } from '../../cluster/candidate-index.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { RandomStream } from '../../kernel/random.ts';
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
 * @param tieBreak used unless the policy fixes its own
 * @param tieStream a stream of its own: it draws the host permutation (`shuffled`) or each choice among equals (`random`)
 */
export class Placer {
  readonly index: CandidateIndex;
  readonly #scorer: Scorer;
  readonly #context: PlacementContext;
  readonly #random: RandomStream | undefined;

  constructor(
    policy: PlacementPolicy,
    context: PlacementContext,
    tieBreak: TieBreak,
    tieStream: RandomStream,
  ) {
    const effective = policy.tieBreak ?? tieBreak;
    const hostAt = Int32Array.from({ length: context.fleet.hostCount }, (_, h) => h);
    if (effective === 'shuffled') tieStream.shuffle(hostAt);
    this.#context = context;
    this.#scorer = policy.create(context);
    this.#random = effective === 'random' ? tieStream : undefined;
    this.index = new CandidateIndex(context.fleet, (host, shape) => this.#scorer.score(host, shape), hostAt);
  }

  /** Decides for one task; undefined if no host can take it now. */
  decide(shape: TaskShape): Decision | undefined {
    this.#context.fragmentation.trim();
    const stream = this.#random;
    const host =
      stream === undefined ? this.index.first(shape) : this.index.anyOfBest(shape, (n) => stream.int(n));
    if (host < 0) return undefined;
    const gpus: number[] = [];
    if (shape.gpuCount > 0) {
      this.#scorer.chooseGpus(host, shape, gpus);
      if (gpus.length > 1) gpus.sort((a, b) => a - b);
    }
    return { host, gpus };
  }
}
