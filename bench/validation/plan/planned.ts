import { withSizedServices } from '../../../sim/experiment/plan/services/with-sized-services.ts';
import type { IntegerSolver } from '../../../sim/index.ts';
import type { ScenarioDocument } from '../../../sim/scenario/index.ts';
import type { PlanReplicasDocument } from '../../../sim/scenario/schema/plan-replicas.ts';
import { type Deployment, type Profile, timesBySize } from '../parvagpu/deployment.ts';
import { PARVA_GPU, PARVA_PROFILES } from '../parvagpu/layouts.ts';
import { hostWith } from '../sharing/product.ts';

export type Profiles = ReadonlyMap<string, ReadonlyMap<string, Profile>>;

/** `full`: evenly spaced requests, and batches that wait until they are full; see `Batching` of the replays. */
type Reading = 'full' | 'as-they-come';

/** Requests that arrive before are answered and not counted. */
export const WARMUP_SECONDS = 10;
/** Of the objective: what a batch may take, and what its first request waits at most where batches are full. */
const BATCH_SHARE = 0.5;

/** What is planned with. */
export interface PlanSettings {
  readonly headroom: number;
  /** Models with a headroom of their own. */
  readonly headrooms?: ReadonlyMap<string, number>;
  readonly reading: Reading;
  readonly seconds: number;
}

/** A scenario of the origin, as a user states it for the planner: rates, objectives and profiled sizes; and its plan. */
export function planned(
  { name, objectives }: Deployment,
  profiles: Profiles,
  solver: IntegerSolver,
  { headroom, headrooms, reading, seconds }: PlanSettings,
) {
  const models = [...objectives];
  const document = {
    apiVersion: 'slicewise/v1',
    name,
    fleet: { hosts: [hostWith(PARVA_GPU, 'mig', 'a100')] },
    workload: {
      services: models.map(([model, { requestsPerSec, latencySec }]) => ({
        name: model,
        cpu: 1,
        memory: '1GiB',
        slot: { profile: PARVA_PROFILES[7] },
        use: { workload: 'inference-saturated' },
        traffic: {
          kind: 'open',
          arrivals: {
            process: reading === 'full' ? 'deterministic' : 'poisson',
            rate: `${requestsPerSec}/s`,
          },
        },
        batch: { times: ['1ms'] },
        objective: seconds6(latencySec),
      })),
    },
    policy: { placement: 'first-fit', queueing: 'fifo', tieBreak: 'host-order' },
    // The profiles are taken as they are.
    overheads: { 'mig.neighbour-slowdown': 0 },
    experiment: { kind: 'timed', horizon: `${seconds + WARMUP_SECONDS}s`, warmup: `${WARMUP_SECONDS}s` },
  } as unknown as ScenarioDocument;
  const replicas = models.map(([model, { latencySec }]) => ({
    service: model,
    sizes: sizesOf(profiles.get(model) as ReadonlyMap<string, Profile>, latencySec, reading),
    batchShare: BATCH_SHARE,
    ...(headrooms?.has(model) ? { headroom: headrooms.get(model) as number } : {}),
  }));
  return withSizedServices(document, replicas, headroom, solver);
}

/** All sizes that were profiled and do not run out of memory, nor smaller batches of them. */
function sizesOf(
  profiles: ReadonlyMap<string, Profile>,
  latencySec: number,
  reading: Reading,
): PlanReplicasDocument[number]['sizes'] {
  return [...profiles].flatMap(([key, { throughput }]) => {
    if (throughput === 0) return [];
    const [slices, batch, concurrency] = key.split(' ').map(Number) as [number, number, number];
    const times =
      reading === 'full' ? [batch / throughput] : timesBySize(profiles, slices, batch, concurrency);
    return [
      {
        slot: { profile: PARVA_PROFILES[slices] as string },
        batch: {
          times: times.map(seconds6),
          max: batch,
          wait: seconds6(reading === 'full' ? latencySec * (1 - BATCH_SHARE) : 0),
        },
        concurrency,
      },
    ];
  });
}

/**
 * Least GPUs by the origin's count: for each model the rate over the best throughput of a compute slice, over 7 slices.
 */
export function statedBound({ objectives }: Deployment, profiles: Profiles): number {
  let slices = 0;
  for (const [model, { requestsPerSec, latencySec }] of objectives) {
    let best = 0;
    for (const [key, { throughput }] of profiles.get(model) ?? []) {
      const [size, batch, processes] = key.split(' ').map(Number) as [number, number, number];
      if (throughput === 0 || batch / throughput > latencySec * BATCH_SHARE) continue;
      best = Math.max(best, (throughput * processes) / size);
    }
    slices += requestsPerSec / best;
  }
  return slices / 7;
}

/** As a document writes it, to whole microseconds. */
function seconds6(seconds: number): string {
  return `${seconds.toFixed(6)}s`;
}
