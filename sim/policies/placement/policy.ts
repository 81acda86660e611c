import type { FleetView } from '../../cluster/fleet.ts';
import type { FragmentationMeter } from '../../cluster/fragmentation.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { LinearSolver } from '../../kernel/optimize/linear-program.ts';
import type { RandomStream } from '../../kernel/random.ts';
import type { PlacementPolicyName } from './names.ts';

/** How hosts of equal score are told apart: the fleet's order, a seeded permutation of it, or a fresh draw each time. */
export const TIE_BREAKS = ['host-order', 'shuffled', 'random'] as const;
export type TieBreak = (typeof TIE_BREAKS)[number];

/** What a policy may use besides the fleet. */
export interface PlacementContext {
  readonly fleet: FleetView;
  /** Expected fragment for the run's usual task mix. */
  readonly fragmentation: FragmentationMeter;
  /** Sizes that CPU and GPU of a host are divided by before they are compared. */
  readonly reference: { readonly cpuMilli: number; readonly gpuMilli: number };
  /** For policies that choose GPUs by chance. */
  readonly random: RandomStream;
  /** Solves linear programs; there where a policy in use is one of `SOLVING_PLACEMENTS`. */
  readonly solver?: LinearSolver | undefined;
}

/** A policy's answers about one fleet. */
export interface Scorer {
  /** Higher wins. Called for hosts that can take the shape; depends on the host's state and the shape alone. */
  score(host: number, shape: TaskShape): number;
  /** Writes the chosen GPU indices within the host to `gpus` (empty on entry). Not called for shapes without GPU. */
  chooseGpus(host: number, shape: TaskShape, gpus: number[]): void;
}

/** Where a task goes: filter, then score, then tie-break, then reserve. A policy is the score and the choice of GPUs. */
export interface PlacementPolicy {
  readonly name: PlacementPolicyName;
  /** One line for help and reports. */
  readonly summary: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** Set where the policy fixes its own tie-break. */
  readonly tieBreak?: TieBreak;
  /** What brings its scores to a span of 100 before they are added to others'. Absent: 1. */
  readonly scoreFactor?: number;
  /** @param hosts numbers of the hosts that it places on, ascending */
  create(context: PlacementContext, hosts: readonly number[]): Scorer;
}

/** Source shared by the policies that are compared with the artefact of the FGD paper. */
export const FGD_ARTEFACT =
  'rule of the artefact of Weng et al., USENIX ATC 2023 (hkust-adsl/kubernetes-scheduler-simulator @ 8f3d641)';
