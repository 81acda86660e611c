import { CLOSED_FOR, GPU_CLOSED_FOR } from '../../../sim/cluster/closed-for.ts';
import type { TaskRequest } from '../../../sim/cluster/request.ts';
import type { ReplayHeader, ReplayState } from '../../../sim/observe/replay/index.ts';
import { modelOf } from '../jobs/places.ts';
import { hostsFor } from '../jobs/room.ts';
import { CLOSED_TEXT, GPU_CLOSED_TEXT, gpusText, namesOfBits } from '../jobs/why-text.ts';
import { memoryText } from './mode-text.ts';

/**
 * What keeps a worker of a job off a GPU besides the rules of a mode that shares it: one sentence each; empty = nothing
 * does.
 *
 * @param pool of the job
 */
export function otherRefusals(
  state: ReplayState,
  header: Pick<ReplayHeader, 'pools'>,
  gpu: number,
  pool: number,
  request: TaskRequest,
): readonly string[] {
  const host = state.hostOfGpu[gpu] ?? 0;
  const { gpuCount, gpuMilli, cpuMilli, memoryMib, models, ask } = request;
  const model = modelOf(state, gpu);
  const texts: string[] = [];
  if (!hostsFor(state, header, pool).includes(host))
    texts.push(`The host is not in the job's pool, ${header.pools[pool]?.name ?? pool}.`);
  for (const why of namesOfBits(CLOSED_FOR, state.closedFor[host] ?? 0))
    texts.push(`The host takes nobody in: ${CLOSED_TEXT[why]}.`);
  for (const why of namesOfBits(GPU_CLOSED_FOR, state.gpuClosedFor[gpu] ?? 0))
    texts.push(`The GPU takes nobody in: ${GPU_CLOSED_TEXT[why]}.`);
  if (gpuCount === 0) texts.push('The job asks for no GPU.');
  if (models.length > 0 && !models.includes(model))
    texts.push(`The job accepts ${models.join(' or ')}, and this is ${model}.`);
  const [cpu, memory] = [state.cpuFreeMilli[host] ?? 0, state.memoryFreeMib[host] ?? 0];
  if (cpu < cpuMilli)
    texts.push(`The host has ${cpu / 1000} CPU cores free, the job asks for ${cpuMilli / 1000}.`);
  if (memory < memoryMib)
    texts.push(
      `The host has ${memoryText(memory)} of memory free, the job asks for ${memoryText(memoryMib)}.`,
    );
  if (gpuCount === 0) return texts;
  const isShared = state.cards[gpu] !== undefined;
  if (isShared && ask === undefined)
    texts.push('A mode shares this GPU, and the job does not say what it would have of such a one.');
  if (!isShared) {
    const free = state.gpuFreeMilli[gpu] ?? 0;
    if (ask !== undefined && ask.slot.kind === 'profile')
      texts.push(`The job wants a part by its name (${ask.slot.profile}), and no mode shares this GPU.`);
    else if (free < gpuMilli)
      texts.push(`${gpusText(free)} of the GPU is free, the job asks for ${gpusText(gpuMilli)}.`);
  }
  return texts;
}
