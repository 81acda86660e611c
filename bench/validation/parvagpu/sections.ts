import { studentInterval } from '../../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../../sim/kernel/stats/tally.ts';
import type { Row, Section } from '../sharing/table.ts';
import type { Deployment } from './deployment.ts';
import { type GpuLayout, layoutsOf } from './layouts.ts';
import { type ModelLatency, type ReplaySettings, replayDeployment } from './replay.ts';

/** Published GPU counts by folder. */
export const PUBLISHED_GPUS: Readonly<Record<string, number>> = { SLO1: 2, SLO2: 3, SLO4: 7, SLO5: 13 };
/** Load up to which 99 of 100 requests must be in time under Poisson arrivals, and the mean. Near 1 no server can. */
const LOAD_FOR_P99 = 0.9;
const LOAD_FOR_MEAN = 0.97;

const PLAIN: ReplaySettings = {
  seed: 1,
  seconds: 130,
  warmupSeconds: 10,
  arrivals: 'poisson',
  batching: 'as-they-come',
  neighbourSlowdown: 0,
  rateFactor: 1,
};

/** All that is shown of one deployment. */
export function deploymentSections(deployment: Deployment, seeds: number): Section[] {
  const { name, segments, objectives } = deployment;
  const layouts = layoutsOf(deployment);
  const models = [...objectives].map(([model, objective]) => ({
    model,
    ...objective,
    capacity: segments.filter((each) => each.model === model).reduce((sum, each) => sum + each.capacity, 0),
  }));
  const illegal = layouts.filter((each) => each.sizeProblem !== undefined || each.refusal !== undefined);
  const overlapping = layouts.filter((each) => each.startProblem !== undefined);
  const tightest = models.reduce((a, b) =>
    b.capacity / b.requestsPerSec < a.capacity / a.requestsPerSec ? b : a,
  );
  const slowest = Math.max(
    ...segments.map((each) => each.batchSec / (objectives.get(each.model)?.latencySec as number)),
  );
  const even = replayDeployment(deployment, layouts, {
    ...PLAIN,
    arrivals: 'deterministic',
    batching: 'full',
  });
  const poisson = Array.from({ length: seeds }, (_, i) =>
    replayDeployment(deployment, layouts, { ...PLAIN, seed: i + 1 }),
  );
  return [
    {
      title: `${name}: ${segments.length} segments of ${models.length} models on ${layouts.length} GPUs`,
      about:
        'Latencies are multiples of the objective. Evenly spaced: each segment gets its part of the rate at even gaps and full batches; what the deployment was made for.',
      rows: [
        {
          name: 'GPUs used',
          ours: layouts.length,
          published: PUBLISHED_GPUS[name],
          accept: exactly(PUBLISHED_GPUS[name] ?? layouts.length),
        },
        {
          name: 'GPUs whose instances MIG can make and fill',
          ours: layouts.length - illegal.length,
          published: layouts.length,
          accept: exactly(layouts.length),
          note:
            illegal.map((each) => `${each.gpu}: ${each.sizeProblem ?? each.refusal}`).join('; ') || undefined,
        },
        {
          name: 'GPUs whose starts are legal as the file has them',
          ours: layouts.length - overlapping.length,
          published: layouts.length,
          note:
            overlapping.length === 0
              ? undefined
              : `GPU ${overlapping[0]?.gpu}: ${overlapping[0]?.startProblem}; replayed on starts that are`,
        },
        {
          name: 'least capacity over rate',
          ours: tightest.capacity / tightest.requestsPerSec,
          accept: [1, Number.POSITIVE_INFINITY],
          note: tightest.model,
        },
        { name: 'longest batch over objective', ours: slowest, published: 0.5, accept: [0, 0.5] },
        {
          name: 'evenly spaced requests: longest latency of all',
          ours: Math.max(...even.map((each) => each.maxSec / each.objectiveSec)),
          accept: [0, 1],
          note: `${Math.min(...even.map((each) => each.answered))} to ${Math.max(...even.map((each) => each.answered))} requests a model`,
        },
      ],
    },
    poissonSection(name, poisson),
    otherReadings(deployment, layouts, poisson),
  ];
}

/** Latencies by model under Poisson arrivals, means over the seeds. */
function poissonSection(name: string, runs: readonly (readonly ModelLatency[])[]): Section {
  const rows = (runs[0] ?? []).flatMap(({ model, load, objectiveSec }, m): Row[] => {
    const own = runs.map((run) => run[m] as ModelLatency);
    const part = (of: (each: ModelLatency) => number) => Tally.of(own.map((each) => of(each) / objectiveSec));
    const p99 = studentInterval(part((each) => each.p99Sec));
    const within = Tally.of(own.map((each) => each.within)).mean;
    return [
      {
        name: `${model} at load ${load.toFixed(3)}: mean`,
        ours: part((each) => each.meanSec).mean,
        accept: load <= LOAD_FOR_MEAN ? [0, 1] : undefined,
        note: `p50 ${part((each) => each.p50Sec).mean.toFixed(2)}, in time ${(100 * within).toFixed(2)} %`,
      },
      {
        name: `${model} at load ${load.toFixed(3)}: p99`,
        ours: p99.mean,
        accept: load <= LOAD_FOR_P99 ? [0, 1] : undefined,
        note: `${p99.lo.toFixed(2)} .. ${p99.hi.toFixed(2)}, p95 ${part((each) => each.p95Sec).mean.toFixed(2)}, most ${part((each) => each.maxSec).max.toFixed(2)}${p99.mean > 1 ? '; MISSES' : ''}`,
      },
    ];
  });
  return {
    title: `${name} under Poisson arrivals, multiples of the objective`,
    about: `One stream a model, split at random over its segments by capacity; a process takes what waits, up to the batch size, and works for the profile's time at that size. Means over ${runs.length} seeds of ${PLAIN.seconds - PLAIN.warmupSeconds} s, with the 95 % interval of p99. Bounds: p99 up to a load of ${LOAD_FOR_P99}, the mean up to ${LOAD_FOR_MEAN}. Beyond that random arrivals queue whatever the batching: at a load of 0.999 for longer than any run.`,
    rows,
  };
}

/** What the choices come to: how many models have 99 % of their requests in time. */
function otherReadings(
  deployment: Deployment,
  layouts: readonly GpuLayout[],
  poisson: readonly (readonly ModelLatency[])[],
): Section {
  const inTime = (run: readonly ModelLatency[], of: (each: ModelLatency) => number) =>
    run.filter((each) => of(each) <= each.objectiveSec).length;
  const first = poisson[0] as readonly ModelLatency[];
  const count = (
    name: string,
    run: readonly ModelLatency[],
    of: (each: ModelLatency) => number = (each) => each.p99Sec,
  ): Row => ({
    name,
    ours: inTime(run, of),
    note: [
      `of ${run.length}`,
      ...run
        .filter((each) => of(each) > each.objectiveSec)
        .map((each) => `${each.model} ${(of(each) / each.objectiveSec).toFixed(2)}`),
    ].join(', '),
  });
  const replay = (changed: Partial<ReplaySettings>) =>
    replayDeployment(deployment, layouts, { ...PLAIN, ...changed });
  return {
    title: `${deployment.name}: models in time, by statistic and by reading`,
    about: 'Of one seed. In the remark: models that are not, with the multiple of the objective.',
    rows: [
      count('mean', first, (each) => each.meanSec),
      count('p95', first, (each) => each.p95Sec),
      count('p99', first),
      count('all requests', first, (each) => each.maxSec),
      count('p99, full batches with a wait of half the objective', replay({ batching: 'full' })),
      count("p99, with the mode's typical slowdown by neighbours", replay({ neighbourSlowdown: null })),
      count('p99 at 90 % of the rates', replay({ rateFactor: 0.9 })),
      count('p99 at 80 % of the rates', replay({ rateFactor: 0.8 })),
    ],
  };
}

function exactly(value: number): readonly [number, number] {
  return [value, value];
}
