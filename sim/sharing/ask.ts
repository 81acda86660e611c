/** Kinds of work that overheads and speed tables tell apart. */
export const WORKLOAD_CLASSES = [
  'training',
  'inference-saturated',
  'inference-latency',
  'hpc',
  'graphics',
  'desktop',
  'render',
  'video',
  'generic',
] as const;
export type WorkloadClass = (typeof WORKLOAD_CLASSES)[number];

/** Classes in which a person waits for frames: the interactive figures of the overhead tables are for them. */
export function isInteractive(workload: WorkloadClass): boolean {
  return workload === 'graphics' || workload === 'desktop';
}

/**
 * What a job uses of one GPU when it has that GPU for itself and runs at full speed. All parts are averages over its
 * running time, as fractions of what the card has.
 */
export interface GpuUse {
  readonly workload: WorkloadClass;
  /** Time with any work on the GPU, (0, 1]: what a scheduler that gives the GPU to one tenant at a time divides. */
  readonly busy: number;
  /** SMs (compute units) x time, (0, busy]: what slices, MPS and percent caps divide. */
  readonly compute: number;
  /** Memory bandwidth, [0, 1]. */
  readonly bandwidth: number;
  /** Frame buffer that it allocates once it runs, whole MiB. */
  readonly memoryMib: number;
  /** Bytes a second between host and GPU, both directions together; >= 0. */
  readonly linkBytesPerSec: number;
  /** Processes with work of their own, >= 1: plain time-slicing gives each its own turn. */
  readonly processes: number;
  /** API calls a second that wait for an answer, >= 0: each costs a round trip where the GPU is behind a network. */
  readonly syncCallsPerSec: number;
  /**
   * Measured speed on a MIG profile relative to the whole card, in place of the class's table. Keys are full profile
   * names (`1g.5gb`) or the short ones (`1g`); null: does not run there (out of memory). Profiles that are not named
   * take the class's table.
   */
  readonly speedByProfile: Readonly<Record<string, number | null>> | null;
}

/** Which part of a card is wanted. */
export type SlotRequest =
  /** A card of its own. */
  | { readonly kind: 'whole' }
  /** The smallest part that gives at least this; 0 = does not matter. `computeMilli` is thousandths of the card. */
  | { readonly kind: 'part'; readonly computeMilli: number; readonly memoryMib: number }
  /** A part by its name: MIG profile, vGPU type, GVT-g type. */
  | { readonly kind: 'profile'; readonly profile: string };

/** What a job asks of one GPU, and what it will do with it. */
export interface GpuAsk {
  readonly slot: SlotRequest;
  readonly use: GpuUse;
  /** Slots wanted of the same card; more than 1 only where `slot` is a profile. */
  readonly count: number;
}
