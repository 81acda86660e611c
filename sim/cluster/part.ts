import type { Slot } from '../sharing/index.ts';
import type { Kin } from './neighbours.ts';
import type { TaskShape } from './request.ts';

/** What one worker of a job holds on one host. A job with one worker has one part. */
export interface Part {
  /** What the worker asked for. */
  readonly shape: TaskShape;
  readonly host: number;
  /** GPU indices within the host, ascending. */
  readonly gpus: readonly number[];
  /** Its slots on GPUs shared by a mode, GPU by GPU. */
  readonly grant: readonly Slot[];
  /** What its job is to its neighbours; absent: nothing to anybody. */
  readonly kin?: Kin | undefined;
}
