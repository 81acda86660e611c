import { GPU_MILLI } from '../../../sim/cluster/request.ts';
import type { ReplayState } from '../../../sim/observe/replay/index.ts';

/** A number of a run at the cursor; null where there is none. */
export interface Figure {
  readonly key: string;
  readonly label: string;
  readonly unit: 'GPU' | 'jobs' | 'fraction' | 'seconds' | 'hosts';
  readonly value: number | null;
}

/**
 * What a state comes to, one figure a row, always the same rows.
 *
 * @param meanWaitUs of all that had their first place by then; undefined: none, or not known yet
 */
export function figuresOf(state: ReplayState, meanWaitUs: number | undefined): readonly Figure[] {
  const { gpuCount, gpuFreeMilli, happened } = state;
  let [taken, used, open] = [0, 0, 0];
  for (let g = 0; g < gpuCount; g++) {
    const share = (GPU_MILLI - (gpuFreeMilli[g] as number)) / GPU_MILLI;
    taken += share;
    // A GPU that is not shared by a mode tells no work: whoever has it is taken to use it.
    used += state.cards[g] === undefined ? share : (state.work[g] as number);
    const host = state.hostOfGpu[g] as number;
    if (state.gpuClosedFor[g] === 0 && state.closedFor[host] === 0) open += 1;
  }
  let [running, atRest, waitSumUs, longestUs] = [0, 0, 0, 0];
  for (const job of state.jobs) {
    if (job === undefined) continue;
    if (job.phase === 'running') running += 1;
    else if (job.phase !== 'waiting') atRest += 1;
    else {
      const waitUs = state.nowUs - job.sinceUs;
      waitSumUs += waitUs;
      longestUs = Math.max(longestUs, waitUs);
    }
  }
  const { waiting } = state;
  const seconds = (us: number | undefined) => (us === undefined ? null : us / 1e6);
  const rows: readonly (readonly [key: string, label: string, unit: Figure['unit'], value: number | null])[] =
    [
      ['gpus', 'GPUs', 'GPU', gpuCount],
      ['open', 'GPUs that take jobs in', 'GPU', open],
      ['taken', 'GPUs allocated', 'GPU', taken],
      ['takenShare', 'GPUs allocated, part of all', 'fraction', gpuCount === 0 ? null : taken / gpuCount],
      ['used', 'GPU compute used', 'GPU', used],
      ['running', 'jobs running', 'jobs', running],
      ['atRest', 'jobs that hold GPUs without working', 'jobs', atRest],
      ['waiting', 'jobs waiting', 'jobs', waiting],
      [
        'waitNow',
        'waited so far, mean of those waiting',
        'seconds',
        waiting === 0 ? null : waitSumUs / waiting / 1e6,
      ],
      ['longest', 'waited so far, longest', 'seconds', waiting === 0 ? null : longestUs / 1e6],
      ['meanWait', 'wait of all that have had a place, mean', 'seconds', seconds(meanWaitUs)],
      ['arrived', 'jobs arrived so far', 'jobs', happened.arrived],
      ['placed', 'placings so far', 'jobs', happened.placed],
      ['finished', 'jobs finished so far', 'jobs', happened.finished],
      ['preempted', 'stops of running jobs so far', 'jobs', happened.preempted],
      ['rejected', 'jobs rejected so far', 'jobs', happened.rejected],
      ['failed', 'jobs failed so far', 'jobs', happened.failed],
    ];
  return rows.map(([key, label, unit, value]) => ({ key, label, unit, value }));
}
