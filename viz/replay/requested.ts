import type { ReplayFile } from './replay-file.ts';

const FULL_MILLI = 1000;

/**
 * Of a fill run, what tasks asked for up to and with each: percent of the GPUs of the fleet. Undefined where it is not
 * wanted any more.
 */
export async function requestedByTask(
  file: Pick<ReplayFile, 'outline' | 'glance'>,
  isWanted: () => boolean,
): Promise<Float64Array | undefined> {
  const { segments, header } = file.outline;
  const gpus = header.start.cards.length;
  const last = segments.at(-1);
  const requested = new Float64Array(last === undefined ? 0 : last.lastUs + 1);
  let sum = 0;
  let at = 0;
  for (const [number] of segments.entries()) {
    const cursor = (await file.glance(number)).open();
    if (!isWanted()) return undefined;
    while (cursor.nextUs < Number.POSITIVE_INFINITY) {
      const event = cursor.step();
      if (event?.kind !== 'arrived' || event.job === undefined) continue;
      while (at < event.atUs) requested[at++] = sum;
      for (const { gpuCount, gpuMilli } of event.job.kind.requests)
        sum += (100 * gpuCount * gpuMilli) / (gpus * FULL_MILLI);
    }
  }
  while (at < requested.length) requested[at++] = sum;
  return requested;
}
