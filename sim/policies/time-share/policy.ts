import type { LinearSolver } from '../../kernel/optimize/linear-program.ts';
import type { TimeShareName } from './names.ts';

/** A job as a policy that divides GPU time sees it. */
export interface ShareJob {
  /** Order of arrival; no two jobs of a run have the same. */
  readonly number: number;
  /** By GPU model: work done per unit of time when all its workers run there; 0: it cannot run there. */
  readonly speeds: ArrayLike<number>;
  /** GPUs that it holds while it runs, > 0. */
  readonly gpus: number;
  /** A job of weight 2 is due twice as much as one of weight 1; > 0. */
  readonly weight: number;
  /** What is left of its work, as estimated, in microseconds at speed 1, at least 1. */
  readonly leftUs: number;
  /** Time since it arrived, in microseconds. */
  readonly ageUs: number;
}

/** What is to be divided. */
export interface ShareProblem {
  readonly jobs: readonly ShareJob[];
  /** GPUs by model. */
  readonly gpusOfModel: ArrayLike<number>;
}

/**
 * Divides the time of all GPUs among jobs, again and again during one run.
 *
 * @returns job by job, and model by model in each: the part of the time in which the job is to run there. At most 1 in
 *   all for a job; over all jobs, times their GPUs, at most the GPUs of the model
 */
export interface Divider {
  divide(problem: ShareProblem): Float64Array;
}

/** What a divider is made for. */
interface DividerSetup {
  /** There where the policy needs one. */
  readonly solver: LinearSolver | undefined;
  /** Price of a GPU of each model for the same time; all 1 where nothing is stated. */
  readonly costs: ArrayLike<number>;
}

/** A policy that divides GPU time among jobs and models. */
export interface TimeSharePolicy {
  readonly name: TimeShareName;
  readonly summary: string;
  /** Where it is described. */
  readonly source: string;
  create(setup: DividerSetup): Divider;
}

/** Where the policies come from that the Gavel paper states as optimisation problems. */
export const GAVEL =
  'Narayanan et al., Heterogeneity-Aware Cluster Scheduling Policies for Deep Learning Workloads, OSDI 2020';
