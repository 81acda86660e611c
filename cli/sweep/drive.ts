import type { SweepContext, SweepExecutor, SweepOutcome } from './executor.ts';
import type { SweepPlan } from './plan.ts';
import { type Shard, shardIndices } from './shard.ts';
import type { SweepStore } from './store.ts';

/** Indices of the runs that are still to be made here. */
export function runsToDo(
  { manifest }: Pick<SweepPlan, 'manifest'>,
  stored: ReadonlyMap<number, SweepOutcome>,
  shard: Shard | undefined,
  retryFailed: boolean,
): readonly number[] {
  const todo: number[] = [];
  for (const index of shardIndices(manifest.runs, shard ?? { number: 1, of: 1 })) {
    const status = stored.get(index)?.status;
    if (status === undefined || (status === 'failed' && retryFailed)) todo.push(index);
  }
  return todo;
}

/**
 * Runs what is to do and writes each outcome before the next is asked for.
 *
 * @param told each outcome that is written
 * @throws {RangeError} if the executor answers what it was not asked, or twice
 */
export async function drive(
  plan: SweepPlan,
  todo: readonly number[],
  store: Pick<SweepStore, 'append'>,
  executor: SweepExecutor,
  signal: AbortSignal,
  told: (outcome: SweepOutcome) => void,
): Promise<void> {
  const { manifest, folder, ids } = plan;
  const context: SweepContext = { sweepId: manifest.sweepId, version: manifest.version, folder, signal };
  const missing = new Set(todo);
  for await (const outcome of executor.run(plan.runs(todo), context)) {
    const { index, id } = outcome;
    if (ids[index] !== id || !missing.delete(index))
      throw new RangeError(
        `Cannot take run ${index} (${id}) from ${executor.name}: not asked for, or given twice`,
      );
    store.append(outcome);
    told(outcome);
  }
  if (missing.size > 0 && !signal.aborted)
    throw new RangeError(`Cannot finish: ${executor.name} gave no answer for ${missing.size} runs`);
}
