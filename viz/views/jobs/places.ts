import type { HeldPart, ReplayState } from '../../../sim/observe/replay/index.ts';

/** Most places that are named; the rest is counted. */
const MOST_PLACES = 4;

/** `node-0003 (GPUs 0, 1)`; several workers joined by `and`. */
export function placesText({ hosts }: Pick<ReplayState, 'hosts'>, parts: readonly HeldPart[]): string {
  const shown = parts.length > MOST_PLACES ? parts.slice(0, MOST_PLACES - 1) : parts;
  const words = shown.map(({ host, gpus, grant }) => {
    const name = hosts[host]?.name ?? `host ${host}`;
    if (gpus.length === 0) return name;
    const slots = grant.length === 0 ? '' : `: ${grant.map(({ label }) => label).join(', ')}`;
    return `${name} (GPU${gpus.length > 1 ? 's' : ''} ${gpus.join(', ')}${slots})`;
  });
  return parts.length > MOST_PLACES
    ? `${words.join(', ')} and ${parts.length - shown.length} more places`
    : words.join(' and ');
}

/** Numbers of GPUs in the fleet that parts are on. */
export function gpusOf(
  { gpuStart }: Pick<ReplayState, 'gpuStart'>,
  parts: readonly HeldPart[],
): readonly number[] {
  return parts.flatMap(({ host, gpus }) => gpus.map((index) => (gpuStart[host] as number) + index));
}

/** Name of a GPU: its host and its index there. */
export function gpuText({ hosts, gpuStart, hostOfGpu }: ReplayState, gpu: number): string {
  const host = hostOfGpu[gpu] ?? 0;
  return `${hosts[host]?.name ?? `host ${host}`}, GPU ${gpu - (gpuStart[host] ?? 0)}`;
}

/** Model of a GPU, as the scenario names it. */
export function modelOf({ hosts, gpuStart, hostOfGpu }: ReplayState, gpu: number): string {
  const host = hostOfGpu[gpu] ?? 0;
  let left = gpu - (gpuStart[host] ?? 0);
  for (const { model, count } of hosts[host]?.gpus ?? []) {
    if (left < count) return model;
    left -= count;
  }
  return '';
}
