/** A sweep that an engine is to run in shards. */
export interface EmittedSweep {
  /** Of the scenario, for people. */
  readonly name: string;
  readonly sweepId: string;
  readonly runs: number;
  readonly shards: number;
  /** `slicewise sweep ...` without `--out`, `--shard` and `--workers`, in words of the shell. */
  readonly command: readonly string[];
  readonly out: string;
  readonly image: string | undefined;
  readonly claim: string | undefined;
}
