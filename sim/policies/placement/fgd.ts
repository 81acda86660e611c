import type { FragmentationMeter } from '../../cluster/fragmentation.ts';
import { GPU_MILLI, type TaskShape } from '../../cluster/request.ts';
import { exp } from '../../kernel/math.ts';
import { hasRoom, leastLeftFirst } from './gpu-choice.ts';
import type { PlacementContext, PlacementPolicy } from './policy.ts';

/**
 * Fragmentation gradient descent: takes the host, and for a share of one GPU the GPU, where the expected fragment grows
 * least, in whole points of 0 to 100 (50 = no change). Points come from a sigmoid over the change in GPUs.
 */
export const fgd: PlacementPolicy = {
  name: 'fgd',
  summary: 'the host and GPU where expected fragmentation grows least (fragmentation gradient descent)',
  source: 'Weng et al., "Beware of Fragmentation", USENIX ATC 2023, with the integer scores of its artefact',
  create: (context) => ({
    score: (host, shape) => bestGpu(context, host, shape).points,
    chooseGpus(host, shape, gpus) {
      if (isShare(shape)) gpus.push(bestGpu(context, host, shape).gpu);
      else leastLeftFirst(context.fleet, host, shape, gpus);
    },
  }),
};

function isShare(shape: TaskShape): boolean {
  return shape.gpuCount === 1 && shape.gpuMilli < GPU_MILLI;
}

const answer = { points: 0, gpu: -1 };
const chosen: number[] = [];

/** Points of the host, and for a share the GPU index they are reached with (the first of equals). Reuses one object. */
function bestGpu(context: PlacementContext, host: number, shape: TaskShape): typeof answer {
  const { fleet, fragmentation } = context;
  const state = fragmentation.stateOf(host);
  const cpuFree = fleet.cpuFreeMilli[host] as number;
  const before = fragmentation.fragment(state, cpuFree);
  const cpuAfter = cpuFree - shape.cpuMilli;
  const start = fleet.gpuStart[host] as number;
  answer.gpu = -1;
  if (!isShare(shape)) {
    let after = state;
    if (shape.gpuCount > 0) {
      chosen.length = 0;
      leastLeftFirst(fleet, host, shape, chosen);
      for (const i of chosen) after = afterTaking(fragmentation, after, context, start + i, shape.gpuMilli);
    }
    answer.points = points(before - fragmentation.fragment(after, cpuAfter));
    return answer;
  }
  answer.points = 0;
  const count = fleet.gpusOf(host);
  for (let i = 0; i < count; i++) {
    if (!hasRoom(fleet, start + i, shape) || repeatsEarlier(context, start, i, shape)) continue;
    const after = afterTaking(fragmentation, state, context, start + i, shape.gpuMilli);
    const here = points(before - fragmentation.fragment(after, cpuAfter));
    if (answer.gpu < 0 || here > answer.points) {
      answer.points = here;
      answer.gpu = i;
    }
  }
  return answer;
}

function afterTaking(
  fragmentation: FragmentationMeter,
  state: number,
  { fleet }: PlacementContext,
  gpu: number,
  milli: number,
): number {
  return fragmentation.states.after(
    state,
    fleet.gpuModel[gpu] as number,
    fleet.gpuFreeMilli[gpu] as number,
    milli,
  );
}

/** Whether an earlier GPU of the host has the same model and room, and would do: it then has the same points and goes first. */
function repeatsEarlier(
  { fleet }: PlacementContext,
  start: number,
  index: number,
  shape: TaskShape,
): boolean {
  const left = fleet.gpuFreeMilli[start + index];
  const model = fleet.gpuModel[start + index];
  for (let i = start + index - 1; i >= start; i--) {
    if (fleet.gpuFreeMilli[i] !== left || fleet.gpuModel[i] !== model) continue;
    if (fleet.hasRoom(i, shape)) return true;
  }
  return false;
}

/** 0 to 100 by a sigmoid; `gainMilli` is the fragment saved, in thousandths of a GPU. */
function points(gainMilli: number): number {
  return Math.trunc((1 / (1 + exp(-(gainMilli / 1000)))) * 100);
}
