import { stringify } from 'yaml';
import { shellWord } from '../../shell-word.ts';
import type { EmittedSweep } from './emitted-sweep.ts';

/** Pods at a time; the cluster starts as many of them as it has room for. */
const MOST_AT_A_TIME = 100;
/** A shard is tried so often again: it goes on where it was. */
const RETRIES = 6;
/** Above so many shards a Job is accepted only if it ends when so many of them have failed. */
const MANY_SHARDS = 100_000;
const MOST_FAILED_OF_MANY = 10_000;
const PLACE = '/sweep';

/**
 * A Job of Kubernetes in Indexed completion mode, one index a shard. The claim is mounted where the command runs, so that
 * paths are relative to it; the results go there, too.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/
 */
export function kubernetesJob({
  name,
  sweepId,
  runs,
  shards,
  command,
  out,
  image,
  claim,
}: EmittedSweep): string {
  const parts = `${shellWord(out)}/shards`;
  // Indices are from 0, shards from 1.
  const script = [
    'set -eu',
    'shard="$((JOB_COMPLETION_INDEX + 1))"',
    `mkdir -p ${parts}`,
    `exec ${command.join(' ')} --out ${parts}/"$shard" --shard "$shard/${shards}" --workers 1`,
  ].join('\n');
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `slicewise-${sweepId.slice(0, 8)}`,
      labels: { 'app.kubernetes.io/name': 'slicewise', 'app.kubernetes.io/component': 'sweep' },
      annotations: { 'slicewise/sweep': sweepId, 'slicewise/scenario': name, 'slicewise/runs': String(runs) },
    },
    spec: {
      completionMode: 'Indexed',
      completions: shards,
      parallelism: Math.min(shards, MOST_AT_A_TIME),
      backoffLimitPerIndex: RETRIES,
      maxFailedIndexes: shards > MANY_SHARDS ? MOST_FAILED_OF_MANY : shards,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'shard',
              image: image as string,
              command: ['/bin/sh', '-c', script],
              workingDir: PLACE,
              resources: { requests: { cpu: '1', memory: '1Gi' } },
              volumeMounts: [{ name: 'sweep', mountPath: PLACE }],
            },
          ],
          volumes: [{ name: 'sweep', persistentVolumeClaim: { claimName: claim as string } }],
        },
      },
    },
  };
  return `# Sweep ${sweepId}: ${runs} runs in ${shards} shards. When the Job is complete:
#   slicewise merge ${parts}/* --out ${shellWord(out)}/merged
${stringify(job, { lineWidth: 0 })}`;
}
