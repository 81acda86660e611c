import { mergeSweeps } from '../../cli/sweep/merge.ts';
import { encodeLine } from '../../cli/sweep/result-line.ts';
import { SYNC_POLICIES, type SyncPolicy } from '../../cli/sweep/result-writer.ts';
import { shardIndices } from '../../cli/sweep/shard.ts';
import { SweepStore } from '../../cli/sweep/store.ts';
import { freshPath, say, startPart } from './machine.ts';
import { planOf, typicalOutcome } from './short-runs.ts';

/** How fast results are written, by when they are forced to the disk, and what it takes to merge shards. */
export interface WriterCosts {
  readonly bytesPerRun: number;
  readonly runsPerSec: Readonly<Record<SyncPolicy, number>>;
  readonly mergedRuns: number;
  /** Wall clock of `merge` for each run, besides the start of the command. */
  readonly mergeSec: number;
  /** Memory of `merge` for each run, over that of a small merge. */
  readonly mergeBytes: number;
}

interface MergeTask {
  readonly folders: readonly string[];
  readonly out: string;
}

interface MergeAnswer {
  readonly seconds: number;
  readonly residentBytes: number;
}

const LONGEST_MS = 2_000;
const SHARDS = 4;

/** In a process of its own, so that its memory is its own. */
export function playMerge({ folders, out }: MergeTask): MergeAnswer {
  const began = performance.now();
  mergeSweeps(folders, out, false);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, residentBytes: process.resourceUsage().maxRSS * 1024 };
}

export async function measureWriter(runs: number): Promise<WriterCosts> {
  const plan = planOf(runs);
  const outcome = await typicalOutcome(plan);
  const outcomeOf = (index: number) => ({ ...outcome, id: plan.ids[index] as string, index });
  const rate = (sync: SyncPolicy) => {
    const store = new SweepStore(freshPath('written'), plan.manifest, plan.ids, undefined, sync);
    const began = performance.now();
    let written = 0;
    while (written < plan.ids.length && performance.now() - began < LONGEST_MS)
      store.append(outcomeOf(written++));
    // The last results must get to the disk, too; the index is made once.
    store.abandon();
    return written / ((performance.now() - began) / 1000);
  };
  const runsPerSec = Object.fromEntries(SYNC_POLICIES.map((sync) => [sync, rate(sync)])) as Record<
    SyncPolicy,
    number
  >;

  const merged = async (count: number): Promise<MergeAnswer> => {
    const part = planOf(count);
    const folders = Array.from({ length: SHARDS }, (_, i) => {
      const shard = { number: i + 1, of: SHARDS };
      const folder = freshPath('shard');
      const store = new SweepStore(folder, part.manifest, part.ids, shard, 'end');
      for (const index of shardIndices(count, shard))
        store.append({ ...outcome, id: part.ids[index] as string, index });
      store.close();
      return folder;
    });
    return startPart('merge', { folders, out: freshPath('merged') }).answer<MergeAnswer>();
  };
  const [few, all] = [await merged(runs / 10), await merged(runs)];
  say(`${runs} runs merged in ${all.seconds.toFixed(1)} s`);
  return {
    bytesPerRun: encodeLine(outcomeOf(0)).length,
    runsPerSec,
    mergedRuns: runs,
    mergeSec: all.seconds / runs,
    mergeBytes: Math.max(0, all.residentBytes - few.residentBytes) / (runs - runs / 10),
  };
}
