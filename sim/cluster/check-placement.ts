import { CLOSED_FOR, GPU_CLOSED_FOR } from './closed-for.ts';
import type { TaskShape } from './request.ts';

/** An allocation asks for what is not there. The fleet is unchanged. */
export class PlacementError extends Error {
  override name = 'PlacementError';
}

/** What is left of a fleet, as `Fleet` has it. */
interface WhatIsLeft {
  readonly hostNames: readonly string[];
  readonly closedFor: Uint8Array;
  readonly cpuFreeMilli: Int32Array;
  readonly memoryFreeMib: Float64Array;
  readonly gpuStart: Int32Array;
  readonly gpuModel: Uint16Array;
  readonly gpuClosedFor: Uint8Array;
  readonly gpuFreeMilli: Int16Array;
  readonly cards: readonly (object | undefined)[];
  gpusOf(host: number): number;
}

/**
 * Whether a host and these of its GPUs can take a shape now, slots on shared cards aside: those say so themselves.
 *
 * @param gpus distinct GPU indices within the host, as many as the shape asks for
 * @throws {PlacementError} for the first thing that is wrong
 */
export function checkPlacement(
  fleet: WhatIsLeft,
  shape: TaskShape,
  host: number,
  gpus: readonly number[],
): void {
  const name = fleet.hostNames[host];
  if (((fleet.closedFor[host] as number) & CLOSED_FOR.failure) !== 0) {
    throw new PlacementError(`Cannot place on host "${name}": it is down`);
  }
  const cpu = fleet.cpuFreeMilli[host] as number;
  const memory = fleet.memoryFreeMib[host] as number;
  if (cpu < shape.cpuMilli) {
    throw new PlacementError(
      `Cannot place on host "${name}": needs ${shape.cpuMilli} milli-CPU, has ${cpu} free`,
    );
  }
  if (memory < shape.memoryMib) {
    throw new PlacementError(
      `Cannot place on host "${name}": needs ${shape.memoryMib} MiB, has ${memory} MiB free`,
    );
  }
  if (gpus.length !== shape.gpuCount) {
    throw new PlacementError(
      `Cannot place on host "${name}": needs ${shape.gpuCount} GPUs, was given ${gpus.length}`,
    );
  }
  const start = fleet.gpuStart[host] as number;
  const count = fleet.gpusOf(host);
  for (let i = 0; i < gpus.length; i++) {
    const g = gpus[i] as number;
    if (!(g >= 0 && g < count) || gpus.indexOf(g) !== i) {
      throw new PlacementError(
        `Cannot place on host "${name}": GPU indices ${gpus.join('-')} are not distinct indices below ${count}`,
      );
    }
    const free = fleet.gpuFreeMilli[start + g] as number;
    if (((fleet.gpuClosedFor[start + g] as number) & GPU_CLOSED_FOR.failure) !== 0) {
      throw new PlacementError(`Cannot place on GPU ${g} of host "${name}": it is down`);
    }
    if (fleet.cards[start + g] === undefined && !takesFraction(shape)) {
      throw new PlacementError(
        `Cannot place on GPU ${g} of host "${name}": it is shared by fraction and has no profiles`,
      );
    }
    if (fleet.cards[start + g] === undefined && free < shape.gpuMilli) {
      throw new PlacementError(
        `Cannot place on GPU ${g} of host "${name}": needs ${shape.gpuMilli} milli-GPU, has ${free} free`,
      );
    }
    if (shape.accepts !== undefined && shape.accepts[fleet.gpuModel[start + g] as number] !== 1) {
      throw new PlacementError(
        `Cannot place on GPU ${g} of host "${name}": needs ${shape.models.join(' or ')}`,
      );
    }
  }
}

/** Whether a GPU that is shared by fraction can serve the shape at all: it has no profiles. */
export function takesFraction(shape: TaskShape): boolean {
  return shape.ask === undefined || shape.ask.slot.kind !== 'profile';
}
