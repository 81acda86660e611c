import { shareText } from '../quantities.ts';
import { planParts, usedGpus, type Way } from './way.ts';

const LEAST_REPLICAS = 2;

/** Replicas of the whole card: everybody gets in, nothing is kept for anybody. What is left where nothing else goes. */
export const timeSlicingWay: Way = {
  name: 'time-slicing',
  summary: 'replicas of the whole card: nothing is reserved, neither memory nor compute',
  plan(node) {
    const most = Math.max(...usedGpus(node).map(({ parts }) => parts.length));
    const replicas = Math.max(LEAST_REPLICAS, most);
    return planParts(
      node,
      { mode: 'time-slicing', replicas, failRequestsGreaterThanOne: false, profile: null },
      ({ memoryMib, computeMilli }) => ({
        slot: { kind: 'part', memoryMib, computeMilli: 0 },
        changes: [
          'the memory is not reserved',
          ...(computeMilli === null
            ? []
            : [`${shareText(computeMilli)} of the compute is left out: processes get equal turns`]),
        ],
      }),
    );
  },
};
