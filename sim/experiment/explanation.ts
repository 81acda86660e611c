/** Why jobs were held back, summed over the replications. */
export interface Explanation {
  /** `waiting`: by the reason that held the head of a queue; `waited`: by the reason that held each job, and what it asks for. */
  readonly kind: 'rejected' | 'waiting' | 'waited';
  /**
   * The binding constraint: `cpu`, `memory`, `gpu-model`, `gpu-count`, `gpu-room` (on shared cards with the rule that
   * most of them refuse by: `gpu-room:RULE`), `host-closed`; joined by `+` where only several together explain it.
   */
  readonly reason: string;
  /** The reason in a sentence. */
  readonly text: string;
  /** Jobs concerned, mean over replications; not for `waited`, where time counts. */
  readonly jobs?: number;
  /** Time jobs spent waiting for this reason, mean over replications; not for `rejected`. */
  readonly jobSeconds?: number;
  /** Only for `waited`: what the jobs ask for, in words. */
  readonly demand?: string;
  /** Only for `waited`: the time times the GPUs that they ask for, and its part of all such time. */
  readonly gpuSeconds?: number;
  readonly share?: number;
  /** Only for `waited`: part of the GPUs that they accept that was free meanwhile. */
  readonly freeShare?: number;
}
