import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import { shareQuantity } from '../quantities/ratio.ts';
import type { PlanReplicasDocument } from '../schema/plan-replicas.ts';

/** Of the objective that a full batch may take, the rest being for waiting: what all deployments of ParvaGPU (SC 2024) keep to. */
const BATCH_SHARE = 0.5;

/** A form in which a replica may run, in numbers. */
interface ReplicaSize {
  readonly profile: string;
  /** Null: all that have the profile. */
  readonly models: readonly string[] | null;
  readonly maxBatch: number;
  readonly concurrency: number;
  /** Of a batch of the largest size. */
  readonly batchSec: number;
  /** What a replica answers at most. */
  readonly requestsPerSec: number;
  /** As the service has it once it has this size. */
  readonly batch: PlanReplicasDocument[number]['sizes'][number]['batch'];
}

/** A service that is to be sized. */
export interface SizedServicePlan {
  readonly service: string;
  readonly sizes: readonly ReplicaSize[];
  /** Null: that of the plan. */
  readonly headroom: number | null;
  readonly batchShare: number;
}

export function resolvePlanReplicas(document: PlanReplicasDocument): readonly SizedServicePlan[] {
  return document.map(({ service, sizes, headroom, batchShare }) => ({
    service,
    sizes: sizes.map(({ slot, models, batch, concurrency = 1 }) => {
      const maxBatch = batch.max ?? batch.times.length;
      const time = batch.times[Math.min(maxBatch, batch.times.length) - 1] as string;
      const batchSec = readValid(durationQuantity, time) / 1e6;
      return {
        profile: slot.profile,
        models: models ?? null,
        maxBatch,
        concurrency,
        batchSec,
        requestsPerSec: (maxBatch * concurrency) / batchSec,
        batch,
      };
    }),
    headroom: headroom ?? null,
    batchShare: batchShare === undefined ? BATCH_SHARE : readValid(shareQuantity, batchShare),
  }));
}
