import { resolveGpu } from '../../../sim/hardware/index.ts';
import { type CardSpec, type SharingConfig, sharingMode } from '../../../sim/sharing/index.ts';
import { RefusedDocument, tenantsOn } from '../sharing/product.ts';
import type { Deployment, Segment } from './deployment.ts';

export const PARVA_GPU = 'A100-80GB';
/** By compute slices. */
export const PARVA_PROFILES: Readonly<Record<number, string>> = {
  1: '1g.10gb',
  2: '2g.20gb',
  3: '3g.40gb',
  4: '4g.40gb',
  7: '7g.80gb',
};

/** One GPU of a deployment, cut as the deployment says. */
export interface GpuLayout {
  readonly gpu: string;
  readonly segments: readonly Segment[];
  /** Profiles with the starts of the file where these are legal, without starts otherwise. */
  readonly layout: readonly string[];
  /** Why the starts of the file are not legal; undefined where they are. */
  readonly startProblem: string | undefined;
  /** Why the sizes do not go together on any starts; undefined where they do. */
  readonly sizeProblem: string | undefined;
  /** Why a segment would not be admitted to its instance. */
  readonly refusal: string | undefined;
}

/** Every GPU of a deployment, and whether the MIG mode would make and fill its instances. */
export function layoutsOf({ segments }: Deployment): GpuLayout[] {
  const gpus = new Map<string, Segment[]>();
  for (const segment of segments) gpus.set(segment.gpu, [...(gpus.get(segment.gpu) ?? []), segment]);
  return [...gpus].map(([gpu, on]) => {
    const bare = on.map(({ slices }) => PARVA_PROFILES[slices] as string);
    const placed = on.map(({ placement }, i) => `${bare[i]}@${placement}`);
    const startProblem = problemOf(placed);
    const sizeProblem = problemOf(bare);
    const layout = startProblem === undefined ? placed : bare;
    const refusal = sizeProblem === undefined ? refusalOf(on, layout) : undefined;
    return { gpu, segments: on, layout, startProblem, sizeProblem, refusal };
  });
}

/** Why a segment finds no place on its instance; a document with one that never could is refused as a whole. */
function refusalOf(segments: readonly Segment[], layout: readonly string[]): string | undefined {
  try {
    const tenants = segments.map(({ processes }, i) => ({
      profile: layout[i] as string,
      use: { processes },
    }));
    return tenantsOn(PARVA_GPU, { mode: 'mig', layout }, tenants).refusal?.detail;
  } catch (error) {
    if (error instanceof RefusedDocument) return error.message;
    throw error;
  }
}

/** What the mode has against a fixed layout: overlaps, engines, counts. */
function problemOf(layout: readonly string[]): string | undefined {
  const catalogue = resolveGpu(PARVA_GPU).gpu;
  const spec: CardSpec = { model: PARVA_GPU, catalogue, memoryMib: 80 * 1024, linkBytesPerSec: 1 };
  const config: SharingConfig = { mode: 'mig', layout, computeInstances: false };
  return sharingMode('mig').check(config, spec)[0]?.message;
}
