import { shellWord } from '../../shell-word.ts';
import type { EmittedSweep } from './emitted-sweep.ts';

/**
 * A Slurm job array, one element a shard, from 1. Each shard has a directory of its own and asks for nothing but a core and
 * a file system that all nodes see; an element that is requeued goes on where it was.
 *
 * @see https://slurm.schedmd.com/job_array.html
 */
export function slurmScript({ name, sweepId, runs, shards, command, out }: EmittedSweep): string {
  const parts = `${shellWord(out)}/shards`;
  return `#!/bin/bash
# Sweep ${sweepId} of ${comment(name)}: ${runs} runs in ${shards} shards. Submit with:
#   sbatch THIS_FILE
# and when all elements are done:
#   slicewise merge ${parts}/* --out ${shellWord(out)}/merged
# An element that fails or is killed is submitted again with: sbatch --array=NUMBER THIS_FILE
# Set partition, account, time and memory with options of sbatch.
#SBATCH --job-name=slicewise-${sweepId.slice(0, 8)}
#SBATCH --array=1-${shards}
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --requeue
set -euo pipefail
shard="\${SLURM_ARRAY_TASK_ID:?is set by sbatch: submit this file, do not run it}"
mkdir -p ${parts}
exec ${command.join(' ')} \\
  --out ${parts}/"$shard" --shard "$shard/${shards}" --workers "\${SLURM_CPUS_PER_TASK:-1}"
`;
}

/** Nothing that would end the line of a comment. */
function comment(text: string): string {
  return JSON.stringify(text).slice(0, 80);
}
