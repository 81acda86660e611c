import type { SizedScenario } from '../../../sim/experiment/plan/services/with-sized-services.ts';
import type { IntegerSolver } from '../../../sim/index.ts';
import { studentInterval } from '../../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../../sim/kernel/stats/tally.ts';
import type { Deployment } from '../parvagpu/deployment.ts';
import { PUBLISHED_GPUS } from '../parvagpu/sections.ts';
import type { Row, Section } from '../sharing/table.ts';
import { type PlanSettings, type Profiles, planned, statedBound } from './planned.ts';
import { type PlanLatency, replayPlan } from './replay.ts';

/** Runs that look for a headroom are short; what is found is run for as long as the published deployments are. */
const SEARCH_SECONDS = 30;
const SECONDS = 120;
/** Steps of the headroom. */
const STEP = 0.05;
const MOST_HEADROOM = 1;

/** A plan that was found to keep the objectives. */
interface Kept {
  readonly plan: SizedScenario;
  readonly what: string;
  readonly note: string;
  readonly runs: readonly (readonly PlanLatency[])[];
}

/** All that is shown of one scenario. */
export function planSections(
  deployment: Deployment,
  profiles: Profiles,
  solver: IntegerSolver,
  seeds: number,
): Section[] {
  const { name } = deployment;
  const published = PUBLISHED_GPUS[name] as number;
  const stated = statedBound(deployment, profiles);
  const settings: PlanSettings = { headroom: 0, reading: 'full', seconds: SECONDS };
  const started = performance.now();
  const plan = planned(deployment, profiles, solver, settings);
  const seconds = (performance.now() - started) / 1000;
  const even = replayPlan(plan, deployment, 1);
  const slowest = worst(even, (each) => each.most);
  const poisson = planned(deployment, profiles, solver, { ...settings, reading: 'as-they-come' });
  const asPlanned = runsOf(poisson, deployment, seeds);
  const kept = [
    evenHeadroom(deployment, profiles, solver, seeds),
    ownHeadrooms(deployment, profiles, solver, seeds),
  ];
  return [
    {
      title: `${name}: ${deployment.objectives.size} models on the fewest GPUs`,
      about:
        'Latencies are multiples of the objective. The lower bound is proven by branch and bound over all layouts of the card; the stated one is the rate over the best throughput of a compute slice, over 7.',
      rows: [
        {
          name: 'GPUs of the plan',
          ours: plan.cardCount,
          published,
          accept: [Math.ceil(stated), published],
          note: `${plan.sizes.reduce((sum, each) => sum + each.replicas, 0)} replicas, planned in ${seconds.toFixed(1)} s`,
        },
        {
          name: 'proven lower bound',
          ours: plan.boundCards,
          accept: [Math.ceil(stated), plan.cardCount],
          note: plan.isProven ? 'the plan is proven to be the least' : 'the search stopped at its limit',
        },
        { name: 'stated lower bound', ours: stated },
        { name: 'least capacity over rate', ours: plan.leastCapacity, accept: [1, Number.POSITIVE_INFINITY] },
        {
          name: 'evenly spaced requests: longest latency of all',
          ours: slowest.value,
          accept: [0, 1],
          note: slowest.model,
        },
      ],
    },
    {
      title: `${name} under Poisson arrivals, means over ${seeds} seeds of ${SECONDS} s`,
      about:
        'p99 in multiples of the objective: of the model with the highest, with the 95 % interval. A headroom is what capacities are planned above the rates; one for all models in steps, or raised step by step only for the models that miss.',
      rows: [
        { ...p99Row('planned without headroom', asPlanned), note: missesText(asPlanned) },
        ...kept.flatMap(({ plan: found, what, note, runs }): Row[] => [
          {
            name: `${what}: GPUs`,
            ours: found.cardCount,
            published,
            accept: [found.boundCards, Number.POSITIVE_INFINITY],
            note: `${note}; least for that: ${found.boundCards}${found.isProven ? ' (proven)' : ''}`,
          },
          { ...p99Row(what, runs), accept: [0, 1] },
        ]),
      ],
    },
    {
      title: `${name}: how the cards are cut without headroom`,
      about: plan.sizes
        .map((each) => `${each.name} x ${each.replicas} (${each.profile}, ${(each.part * 100).toFixed(0)} %)`)
        .join('; '),
      rows: plan.cards.map(({ layout, count }) => ({ name: layout.join(' '), ours: count })),
    },
  ];
}

/** The least headroom for all models, in steps, with which all keep their p99. */
function evenHeadroom(
  deployment: Deployment,
  profiles: Profiles,
  solver: IntegerSolver,
  seeds: number,
): Kept {
  for (let step = 0; step * STEP <= MOST_HEADROOM; step++) {
    const headroom = step * STEP;
    const runs = keptRuns(deployment, profiles, solver, seeds, { headroom });
    if (runs !== undefined) {
      return { ...runs, what: 'one headroom for all', note: `headroom ${(headroom * 100).toFixed(0)} %` };
    }
  }
  throw new RangeError(`${deployment.name}: no headroom up to ${MOST_HEADROOM} keeps the objectives`);
}

/** Raises the headroom of models that miss, from the capacity over rate that they have, until none does. */
function ownHeadrooms(
  deployment: Deployment,
  profiles: Profiles,
  solver: IntegerSolver,
  seeds: number,
): Kept {
  const headrooms = new Map<string, number>();
  for (let round = 0; round < 40; round++) {
    const missed: PlanLatency[] = [];
    const runs = keptRuns(deployment, profiles, solver, seeds, { headroom: 0, headrooms }, missed);
    if (runs !== undefined) {
      const text = [...headrooms].map(([model, own]) => `${model} ${(own * 100).toFixed(0)} %`).join(', ');
      return { ...runs, what: 'a headroom for each model', note: text || 'none' };
    }
    for (const { model, load } of missed)
      headrooms.set(model, Math.ceil((1 / load - 1) / STEP + 1e-6) * STEP);
  }
  throw new RangeError(`${deployment.name}: headrooms of single models do not keep the objectives`);
}

/** Plans and runs; undefined where a model misses its objective, in a short run or in the long ones. */
function keptRuns(
  deployment: Deployment,
  profiles: Profiles,
  solver: IntegerSolver,
  seeds: number,
  settings: Pick<PlanSettings, 'headroom' | 'headrooms'>,
  missed: PlanLatency[] = [],
): Pick<Kept, 'plan' | 'runs'> | undefined {
  const on = (seconds: number) =>
    planned(deployment, profiles, solver, { ...settings, reading: 'as-they-come', seconds });
  const short = replayPlan(on(SEARCH_SECONDS), deployment, 1);
  missed.push(...short.filter(({ p99 }) => p99 > 1));
  if (missed.length > 0) return undefined;
  const plan = on(SECONDS);
  const runs = runsOf(plan, deployment, seeds);
  missed.push(...(runs[0] ?? []).filter((_, m) => meanP99(runs, m).mean > 1));
  return missed.length > 0 ? undefined : { plan, runs };
}

function runsOf(plan: SizedScenario, deployment: Deployment, seeds: number) {
  return Array.from({ length: seeds }, (_, i) => replayPlan(plan, deployment, i + 1));
}

function meanP99(runs: readonly (readonly PlanLatency[])[], m: number) {
  return studentInterval(Tally.of(runs.map((run) => (run[m] as PlanLatency).p99)));
}

/** The model with the highest p99. */
function p99Row(what: string, runs: readonly (readonly PlanLatency[])[]): Row {
  const all = (runs[0] ?? []).map(({ model, load }, m) => ({ model, load, ...meanP99(runs, m) }));
  const most = all.reduce((a, b) => (b.mean > a.mean ? b : a));
  const within = Math.min(...runs.flat().map((each) => each.within));
  return {
    name: `${what}: highest p99`,
    ours: most.mean,
    note: `${most.model} at load ${most.load.toFixed(3)}: ${most.lo.toFixed(2)} .. ${most.hi.toFixed(2)}; least part in time of any model and seed ${(within * 100).toFixed(2)} %`,
  };
}

function missesText(runs: readonly (readonly PlanLatency[])[]): string {
  const missed = (runs[0] ?? []).flatMap(({ model, load }, m) => {
    const { mean } = meanP99(runs, m);
    return mean > 1 ? [`${model} ${mean.toFixed(2)} at load ${load.toFixed(3)}`] : [];
  });
  return missed.length === 0 ? 'no model misses' : `misses: ${missed.join(', ')}`;
}

function worst(latencies: readonly PlanLatency[], of: (each: PlanLatency) => number) {
  const most = latencies.reduce((a, b) => (of(b) > of(a) ? b : a));
  return { model: most.model, value: of(most) };
}
