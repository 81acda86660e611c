import { type GpuUse, isInteractive } from '../../ask.ts';
import type { Refusal } from '../../slot.ts';
import { statedSpeed } from '../../speed/mig-speeds.ts';
import type { MigShape, SizedProfile } from './shape.ts';

/**
 * Why a job cannot run on a profile however empty the card is; undefined where it can.
 *
 * @param names by which the job may state its speed there
 * @param slices compute slices that it gets
 */
export function unsuited(
  shape: MigShape,
  sized: SizedProfile,
  slices: number,
  names: readonly string[],
  use: GpuUse,
): Refusal | undefined {
  const { name, graphics } = sized.profile;
  if (isInteractive(use.workload) && !graphics) {
    const able = shape.profiles.filter((each) => each.profile.graphics).map((each) => each.profile.name);
    return {
      refused: 'mig-no-graphics',
      detail: `${name} runs no graphics: ${able.length === 0 ? 'no profile of this GPU does' : `these do: ${able.join(', ')}`}`,
    };
  }
  // A compute instance has no more memory than its GPU instance: what fails there fails in a part of it.
  if (statedSpeed(use, names) === null || statedSpeed(use, sized.names) === null) {
    return { refused: 'mig-out-of-memory', detail: `the job is known not to run on ${names[0]}` };
  }
  if (use.memoryMib > sized.memoryMib) {
    return {
      refused: 'memory-too-large',
      detail: `the job uses ${use.memoryMib} MiB, ${name} has ${sized.memoryMib} MiB`,
    };
  }
  const clients = mpsClients(shape, slices);
  if (use.processes > clients) {
    return {
      refused: 'mps-client-limit',
      detail: `${use.processes} processes share ${names[0]} through MPS, which takes ${clients}`,
    };
  }
  return undefined;
}

/** MPS clients of a compute instance: the whole GPU's limit in proportion to its slices (MIG guide). */
function mpsClients({ model }: MigShape, slices: number): number {
  return Math.floor((model.reconfigure.mpsMaxClientsFullGpu * slices) / model.gpuSlicesTotal);
}
