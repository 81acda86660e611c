import type { GpuNames } from '../gpu-names.ts';
import type { JobRow } from '../job-row.ts';
import { isMigProfile, migShareMilli } from '../mig-share.ts';
import type { Tres } from './tres.ts';

type GpuPart = Pick<JobRow, 'gpuCount' | 'gpuMilli' | 'models'>;

/** What a job has of GPUs, with what could not be said of it; or why it cannot be said. */
export type GpuReading =
  | { readonly ok: true; readonly part: GpuPart; readonly severalTypes: boolean; readonly countsMps: boolean }
  | { readonly ok: false; readonly message: string };

const GPU_MILLI = 1000;
const NO_MODELS: readonly string[] = [];
/** A GPU of a site that shares by MPS counts as 100 in gres.conf by convention (slurm.schedmd.com/gres.html). */
const MPS_A_GPU = 100;

/**
 * The GPUs of a job.
 *
 * @param tres how many
 * @param typed the resources whose types the job is bound to
 * @param shardsPerGpu parts that `gres/shard` cuts a GPU into; undefined: not known
 */
export function gpusOf(
  tres: Tres,
  typed: Tres,
  names: GpuNames,
  shardsPerGpu: number | undefined,
): GpuReading {
  const kinds = [tres.gpus, tres.shards, tres.mps].filter((count) => count > 0).length;
  if (kinds > 1)
    return { ok: false, message: 'must have one of gres/gpu, gres/shard and gres/mps, has several' };
  if (tres.shards > 0) {
    if (shardsPerGpu === undefined) {
      return {
        ok: false,
        message: 'gres/shard needs to know how many shards a GPU has: the option shardsPerGpu',
      };
    }
    return taken({ ...cut(tres.shards, shardsPerGpu), models: NO_MODELS });
  }
  if (tres.mps > 0) return taken({ ...cut(tres.mps, MPS_A_GPU), models: NO_MODELS }, { countsMps: true });
  if (tres.gpus === 0) return taken({ gpuCount: 0, gpuMilli: 0, models: NO_MODELS });

  const types = [...typed.gpuTypes.keys()];
  const profiles = new Set([...tres.gpuTypes.keys()].map(profileOf));
  if (!profiles.has(undefined) && profiles.size > 0)
    return instances(tres, types, [...profiles] as string[], names);
  if (profiles.size > 1)
    return { ok: false, message: 'must not mix whole GPUs and MIG instances in one job' };
  const models = [...new Set(types.map((type) => names.modelOf(type)))];
  return taken({ gpuCount: tres.gpus, gpuMilli: GPU_MILLI, models }, { severalTypes: models.length > 1 });
}

/** `1g.10gb` of `1g.10gb` and of `a100_1g.10gb`; undefined for the type of a whole GPU. */
function profileOf(type: string): string | undefined {
  const last = type.slice(type.lastIndexOf('_') + 1);
  return isMigProfile(last) ? last : undefined;
}

function instances(
  tres: Tres,
  types: readonly string[],
  profiles: readonly string[],
  names: GpuNames,
): GpuReading {
  const [profile = ''] = profiles;
  if (profiles.length > 1) {
    return { ok: false, message: `must have MIG instances of one profile, has ${profiles.join(', ')}` };
  }
  const cards = new Set(
    types.map((type) => type.slice(0, -profile.length - 1)).filter((card) => card !== ''),
  );
  const models = [...cards].map((card) => names.modelOf(card));
  const [card] = cards;
  const gpuMilli = migShareMilli(profile, card === undefined ? undefined : names.gpuOf(card));
  if (gpuMilli === undefined)
    return { ok: false, message: `must be a MIG profile of ${card}, is ${profile}` };
  return taken({ gpuCount: tres.gpus, gpuMilli, models });
}

/** Parts of GPUs as GPUs with an equal share of each, which is rounded down. */
function cut(parts: number, aGpu: number): Pick<GpuPart, 'gpuCount' | 'gpuMilli'> {
  const gpuCount = Math.ceil(parts / aGpu);
  return { gpuCount, gpuMilli: Math.max(1, Math.floor((GPU_MILLI * parts) / aGpu / gpuCount)) };
}

function taken(part: GpuPart, { severalTypes = false, countsMps = false } = {}): GpuReading {
  return { ok: true, part, severalTypes, countsMps };
}
