import type { SizedScenario } from '../../../sim/experiment/plan/services/with-sized-services.ts';
import { QuantileSketch } from '../../../sim/kernel/stats/quantile-sketch.ts';
import type { Deployment } from '../parvagpu/deployment.ts';
import { runOnce } from '../sharing/product.ts';
import { WARMUP_SECONDS } from './planned.ts';

/** What the requests of one model went through, in multiples of its objective. */
export interface PlanLatency {
  readonly model: string;
  readonly answered: number;
  /** Requests over what its replicas can answer. */
  readonly load: number;
  readonly mean: number;
  readonly p99: number;
  readonly most: number;
  /** Share of the answered requests within the objective. */
  readonly within: number;
}

/** Runs a sized scenario and gathers latencies by model, over all its sizes; every replica must have come to a place. */
export function replayPlan(
  { document, sizes }: SizedScenario,
  { objectives }: Deployment,
  seed: number,
): readonly PlanLatency[] {
  const models = [...objectives.keys()];
  const modelOf = (document.workload.services ?? []).map(({ name }) =>
    models.indexOf(sizes.find((each) => each.name === name)?.service as string),
  );
  const gathered = models.map((model) => ({
    objectiveUs: Math.round((objectives.get(model)?.latencySec as number) * 1e6),
    sketch: new QuantileSketch(),
    totalUs: 0,
    within: 0,
  }));
  const fromUs = WARMUP_SECONDS * 1e6;
  let placed = 0;
  runOnce(document, seed, () => [
    {
      placed: () => {
        placed += 1;
      },
      answered: (atUs, service, arrivedUs) => {
        if (arrivedUs < fromUs) return;
        const own = gathered[modelOf[service] as number]!;
        const latencyUs = atUs - arrivedUs;
        own.sketch.add(latencyUs);
        own.totalUs += latencyUs;
        if (latencyUs <= own.objectiveUs) own.within += 1;
      },
    },
  ]);
  const replicas = sizes.reduce((sum, each) => sum + each.replicas, 0);
  if (placed !== replicas) throw new RangeError(`${placed} of ${replicas} replicas came to a place`);
  return models.map((model, m) => {
    const { sketch, totalUs, within, objectiveUs } = gathered[m]!;
    const capacity = sizes
      .filter((each) => each.service === model)
      .reduce((sum, each) => sum + each.requestsPerSec, 0);
    return {
      model,
      answered: sketch.count,
      load: (objectives.get(model)?.requestsPerSec as number) / capacity,
      mean: totalUs / sketch.count / objectiveUs,
      p99: sketch.quantile(0.99) / objectiveUs,
      most: sketch.max / objectiveUs,
      within: within / sketch.count,
    };
  });
}
