import type { StoredOutcome } from '../../sim/experiment/sweep/index.ts';

/** One run of a sweep: one point of the design with one seed. */
export interface SweepRun {
  /**
   * What it is, whoever runs it: the first 128 bits of the SHA-256 of the canonical scenario and the seed, as hex. Two runs
   * of a sweep never have the same.
   */
  readonly id: string;
  /** Place within the design, from 0: the order in which results are shown. */
  readonly index: number;
  /** The canonical document of the point, without secrets: what `slicewise check` prints. */
  readonly document: object;
  readonly seed: number;
  /**
   * SHA-256 by trace file that it reads, as the scenario writes its path: with other contents it is not run. Absent: as they
   * are found.
   */
  readonly files?: Readonly<Record<string, string>>;
}

/** What became of a run; written down as it is. */
export type SweepOutcome = StoredOutcome;

/** What an executor is given besides the runs. */
export interface SweepContext {
  /** Hash of the canonical scenario the sweep was made from, and of its design. */
  readonly sweepId: string;
  /** Version of the product: who runs must have the same. */
  readonly version: string;
  /** Where relative trace paths start. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/**
 * Runs the runs of a sweep somewhere. It takes runs only as fast as it can start them (back-pressure), and yields each
 * outcome as it comes, in any order, each run exactly once however often it was tried; what it yielded is as good as
 * written: the caller writes it before it asks for the next. A run that fails yields `failed`; only what ends all of them (no
 * server, a version that differs, a trace file that has changed) throws.
 */
export interface SweepExecutor {
  readonly name: string;
  run(runs: Iterable<SweepRun>, context: SweepContext): AsyncIterable<SweepOutcome>;
}

/**
 * Runs one run in this process; every executor ends up here, so that results are the same. Rejects with `OtherTraces`, and
 * with nothing else, if the run cannot be made because its trace files are others now.
 */
export type RunOne = (run: SweepRun, context: Pick<SweepContext, 'folder'>) => Promise<SweepOutcome>;
