import type { Job } from '../../cluster/changes.ts';
import type { Claim } from '../../cluster/claim.ts';
import type { Layout } from '../../cluster/layout.ts';
import type { Kin } from '../../cluster/neighbours.ts';
import type { TaskRequest } from '../../cluster/request.ts';
import type { Slot } from '../../sharing/index.ts';

/** What many jobs have in common: what they ask for and who asks. */
export interface JobKind {
  readonly demand: number;
  readonly kind: Job['kind'];
  readonly claim: Claim;
  readonly layout: Layout | undefined;
  readonly kin: Kin | undefined;
  /** What each worker asks for. */
  readonly requests: readonly TaskRequest[];
}

/** What one worker of a job holds. */
export interface HeldPart {
  /** Which of the requests of its job it meets. */
  readonly request: number;
  readonly host: number;
  /** GPU indices within the host, ascending. */
  readonly gpus: readonly number[];
  /** Its slots on GPUs shared by a mode, GPU by GPU. */
  readonly grant: readonly Slot[];
}
