import { sriovOfGpu } from '../../../../sim/hardware/index.ts';
import { sharingMode } from '../../../../sim/sharing/index.ts';
import { vfMemoryMib } from '../../../../sim/sharing/modes/sriov/layout.ts';
import { cardOf } from '../cards.ts';
import type { AskedGpu, AskedNode, AskedPart } from '../cluster-file.ts';
import { memoryText, shareText } from '../quantities.ts';
import {
  isPlan,
  type NodePlan,
  type NoPlan,
  type PlannedPart,
  planParts,
  usedGpus,
  type Way,
} from './way.ts';

/** More than any GPU has. */
const MOST_FUNCTIONS = 64;
/** Thousandths by which a share may differ from one of n and still be that. */
const ROUNDING_MILLI = 1;

/** Virtual functions of AMD and Intel GPUs, all of a node alike: in that number which changes least, and is smallest. */
export const sriovWay: Way = {
  name: 'sriov',
  summary: 'virtual functions of AMD and Intel GPUs: equal parts of memory and time',
  plan(node) {
    const least = Math.max(...usedGpus(node).map(({ parts }) => parts.length));
    let best: NodePlan | undefined;
    let refused: NoPlan | undefined;
    for (let vfs = least; vfs <= MOST_FUNCTIONS; vfs++) {
      const plan = planFor(node, vfs);
      if (!isPlan(plan)) refused ??= plan;
      else if (best === undefined || changesOf(plan) < changesOf(best)) best = plan;
    }
    return best ?? refused ?? { reason: `at most ${MOST_FUNCTIONS} virtual functions, got ${least} vgpus` };
  },
};

function planFor(node: AskedNode, vfs: number): NodePlan | NoPlan {
  const config = { mode: 'sriov', vfs, scheduler: null, partition: null } as const;
  for (const { type } of node.gpus) {
    const [problem] = sharingMode('sriov').check(config, cardOf(type));
    if (problem !== undefined) return { reason: problem.message };
  }
  return planParts(node, config, (part, gpu) => planPart(part, gpu, vfs));
}

function planPart(
  { memoryMib, computeMilli }: AskedPart,
  { type, gpu }: AskedGpu,
  vfs: number,
): Omit<PlannedPart, 'asked'> | NoPlan {
  const entry = sriovOfGpu(gpu);
  const givenMib = entry === undefined ? 0 : vfMemoryMib(entry, vfs, cardOf(type));
  if (givenMib < memoryMib) {
    return {
      reason: `a virtual function of ${gpu.name}, 1 of ${vfs}, has ${memoryText(givenMib)} and not ${memoryText(memoryMib)}`,
    };
  }
  const changes: string[] = [];
  if (givenMib !== memoryMib) {
    changes.push(`${memoryText(memoryMib)} becomes ${memoryText(givenMib)} (1 of ${vfs} functions)`);
  }
  if (computeMilli !== null && Math.abs(1000 / vfs - computeMilli) > ROUNDING_MILLI) {
    changes.push(`${shareText(computeMilli)} of the compute becomes an equal turn (1 of ${vfs} functions)`);
  }
  return { slot: { kind: 'part', memoryMib, computeMilli: 0 }, changes };
}

function changesOf({ gpus }: NodePlan): number {
  return gpus.flat().reduce((sum, { changes }) => sum + changes.length, 0);
}
