import { gpuMemoryMib } from '../../../../sim/hardware/index.ts';
import type { AskedGpu, AskedPart } from '../cluster-file.ts';
import { memoryText, shareText } from '../quantities.ts';
import { planParts, type Way } from './way.ts';

const WHOLE_PERCENT = 10;

/**
 * Caps by a library in the container: the memory asked and the compute asked, to whole percents. What programs see of a
 * card may be less than its name says; where the file asks for all of it, each gets a little less.
 */
export const hookWay: Way = {
  name: 'hook',
  summary:
    'caps by a library in the container: memory and whole percents as asked, without isolation of faults',
  plan: (node) =>
    planParts(node, { mode: 'hook' }, (part, gpu) => {
      const memoryMib = seenMemory(gpu, part);
      const computeMilli = wholePercent(part.computeMilli);
      const changes: string[] = [];
      if (memoryMib !== part.memoryMib) {
        changes.push(
          `${memoryText(part.memoryMib)} becomes ${memoryText(memoryMib)}: programs see ${memoryText(gpuMemoryMib(gpu.gpu))} of the card`,
        );
      }
      if (computeMilli !== part.computeMilli) {
        changes.push(
          `${shareText(part.computeMilli ?? 0)} of the compute becomes ${shareText(computeMilli ?? 0)}: caps are whole percents`,
        );
      }
      return { slot: { kind: 'part', memoryMib, computeMilli: computeMilli ?? 0 }, changes };
    }),
};

/** Rounded down, so that what goes together as asked still does; 1 % at least. */
function wholePercent(milli: number | null): number | null {
  if (milli === null) return null;
  return Math.max(WHOLE_PERCENT, milli - (milli % WHOLE_PERCENT));
}

function seenMemory({ gpu, parts }: AskedGpu, { memoryMib }: AskedPart): number {
  const seenMib = gpuMemoryMib(gpu);
  const askedMib = parts.reduce((sum, part) => sum + part.memoryMib, 0);
  if (askedMib <= seenMib) return memoryMib;
  return Math.max(1, Math.floor((memoryMib * seenMib) / askedMib));
}
