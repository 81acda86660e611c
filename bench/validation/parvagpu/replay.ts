import { QuantileSketch } from '../../../sim/kernel/stats/quantile-sketch.ts';
import { hostWith, runOnce } from '../sharing/product.ts';
import type { Deployment, Segment } from './deployment.ts';
import { type GpuLayout, PARVA_GPU } from './layouts.ts';

/**
 * How batches come about. `as-they-come`: as soon as a process is free, with what waits, up to the given size; the time is that
 * of the profile for the size. `full`: when the given number waits or half of the objective has passed for the first of them;
 * always the time of a full one.
 */
type Batching = 'as-they-come' | 'full';

/** Part of the objective that the first request of a full batch waits at most: what the origin leaves beside the batch itself. */
const WAIT_PART = 0.5;

export interface ReplaySettings {
  readonly seed: number;
  readonly seconds: number;
  readonly warmupSeconds: number;
  readonly arrivals: 'poisson' | 'deterministic';
  readonly batching: Batching;
  /** Speed lost to busy neighbour instances; null = the mode's typical figure. */
  readonly neighbourSlowdown: number | null;
  /** Multiple of the published request rates. */
  readonly rateFactor: number;
}

/** What the requests of one model went through. */
export interface ModelLatency {
  readonly model: string;
  readonly objectiveSec: number;
  /** Requests asked for over what the profiles allow. */
  readonly load: number;
  readonly answered: number;
  readonly meanSec: number;
  readonly p50Sec: number;
  readonly p95Sec: number;
  readonly p99Sec: number;
  readonly maxSec: number;
  /** Share of the answered requests within the objective. */
  readonly within: number;
  /** Answers a second. */
  readonly throughput: number;
}

/**
 * A deployment as a scenario: a host for each GPU with its fixed layout, a service with one replica for each segment in
 * the order of the file, each with a Poisson stream of its own. That is the model's stream split at random by capacity.
 *
 * Each process works on one batch at a time; the profile's figures are for all processes at work.
 */
function deploymentDocument(
  { name, segments, objectives }: Deployment,
  layouts: readonly GpuLayout[],
  settings: ReplaySettings,
) {
  const { seconds, warmupSeconds, arrivals, batching, neighbourSlowdown, rateFactor } = settings;
  const profileOf = new Map(
    layouts.flatMap((each) => each.segments.map((segment, i) => [segment, each.layout[i] as string])),
  );
  return {
    apiVersion: 'slicewise/v1',
    name,
    fleet: {
      hosts: layouts.map(({ gpu, layout }) => hostWith(PARVA_GPU, { mode: 'mig', layout }, `gpu-${gpu}`)),
    },
    workload: {
      services: segments.map((segment) => {
        const { latencySec } = objectives.get(segment.model)!;
        const profile = profileOf.get(segment) as string;
        return {
          name: serviceName(segment),
          cpu: 1,
          memory: '1GiB',
          slot: { profile },
          // The time of a batch is that on the instance, so that the instance is its reference.
          use: {
            workload: 'inference-saturated',
            processes: segment.processes,
            speedByProfile: { [profile.replace(/@.*/, '')]: 1 },
          },
          traffic: { kind: 'open', arrivals: { process: arrivals, rate: `${segment.rate * rateFactor}/s` } },
          batch: {
            times: (batching === 'full' ? [segment.batchSec] : segment.timesSec).map(seconds6),
            max: segment.batch,
            wait: seconds6(batching === 'full' ? latencySec * WAIT_PART : 0),
          },
          concurrency: segment.processes,
          objective: seconds6(latencySec),
        };
      }),
    },
    policy: { placement: 'first-fit', queueing: 'fifo', tieBreak: 'host-order' },
    ...(neighbourSlowdown === null ? {} : { overheads: { 'mig.neighbour-slowdown': neighbourSlowdown } }),
    experiment: { kind: 'timed', horizon: `${seconds}s`, warmup: `${warmupSeconds}s` },
  };
}

/**
 * Runs a deployment and gathers latencies by model, over all its segments.
 *
 * @throws {RangeError} if a segment came to another GPU than the file's
 */
export function replayDeployment(
  deployment: Deployment,
  layouts: readonly GpuLayout[],
  settings: ReplaySettings,
): ModelLatency[] {
  const { segments, objectives } = deployment;
  const models = [...objectives.keys()];
  const modelOf = segments.map((segment) => models.indexOf(segment.model));
  const objectiveUs = models.map((model) => Math.round((objectives.get(model)?.latencySec as number) * 1e6));
  const gathered = models.map(() => ({ sketch: new QuantileSketch(), totalUs: 0, within: 0 }));
  const fromUs = settings.warmupSeconds * 1e6;
  runOnce(deploymentDocument(deployment, layouts, settings), settings.seed, (fleet) => [
    {
      placed: (_atUs, job, [part]) => {
        const host = part?.host as number;
        const segment = segments[job.number] as Segment;
        if (fleet.hosts[host]?.name === `gpu-${segment.gpu}`) return;
        throw new RangeError(`${job.name} came to ${fleet.hosts[host]?.name} instead of GPU ${segment.gpu}`);
      },
      answered: (atUs, service, arrivedUs) => {
        if (arrivedUs < fromUs) return;
        const model = modelOf[service] as number;
        const own = gathered[model]!;
        const latencyUs = atUs - arrivedUs;
        own.sketch.add(latencyUs);
        own.totalUs += latencyUs;
        if (latencyUs <= (objectiveUs[model] as number)) own.within += 1;
      },
    },
  ]);
  return models.map((model, m) => {
    const { sketch, totalUs, within } = gathered[m]!;
    const { latencySec, requestsPerSec } = objectives.get(model)!;
    const capacity = segments
      .filter((each) => each.model === model)
      .reduce((sum, each) => sum + each.capacity, 0);
    return {
      model,
      objectiveSec: latencySec,
      load: (requestsPerSec * settings.rateFactor) / capacity,
      answered: sketch.count,
      meanSec: totalUs / sketch.count / 1e6,
      p50Sec: sketch.quantile(0.5) / 1e6,
      p95Sec: sketch.quantile(0.95) / 1e6,
      p99Sec: sketch.quantile(0.99) / 1e6,
      maxSec: sketch.max / 1e6,
      within: within / sketch.count,
      throughput: sketch.count / (settings.seconds - settings.warmupSeconds),
    };
  });
}

/** As a document writes it, to whole microseconds. */
function seconds6(seconds: number): string {
  return `${seconds.toFixed(6)}s`;
}

/** Names must differ: the place in the file tells segments of one model apart. */
function serviceName({ model, number }: Segment): string {
  return `${model}-${number}`;
}
