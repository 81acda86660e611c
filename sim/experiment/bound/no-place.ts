import type { Job } from '../../cluster/changes.ts';
import { NO_CLAIM } from '../../cluster/claim.ts';
import { Fleet } from '../../cluster/fleet.ts';
import type { Layout } from '../../cluster/layout.ts';
import { ShapeTable, type TaskRequest, type TaskShape } from '../../cluster/request.ts';
import { layoutNever } from '../../engine/gang/refusal.ts';
import type { Micros } from '../../kernel/time.ts';
import type { Scenario } from '../../scenario/types.ts';
import { hostsOf } from '../hosts.ts';
import { poolHostsOf } from '../pools.ts';
import type { TraceData } from '../trace-data.ts';
import type { Capacity } from './capacity.ts';
import type { SamplePath } from './sample-path.ts';
import type { Shortfall } from './shortfall.ts';
import { statedKind, type WorkKind } from './work-kind.ts';

/**
 * A kind of work none of whose workers could go anywhere on the empty fleet, by the rules by which a run turns it away.
 * Nothing is said where hosts or their cards are changed while the run goes on.
 */
export function withoutPlace(
  { changes, repartition }: Scenario,
  capacity: Capacity,
  counts: readonly number[],
): Shortfall | undefined {
  if (changes.length > 0) return undefined;
  const k = capacity.kinds.findIndex(
    ({ request }, i) =>
      (repartition.length === 0 || request.gpuCount === 0) && capacity.placesAmong(i, counts).length === 0,
  );
  const kind = capacity.kinds[k];
  return kind === undefined ? undefined : noPlace(kind.name, `${kind.label}: ${whatLacks(kind.request)}`);
}

function whatLacks({ gpuCount, cpuMilli, memoryMib, models }: Capacity['kinds'][number]['request']): string {
  const gpus =
    gpuCount === 0
      ? ''
      : ` and ${gpuCount} GPU${gpuCount === 1 ? '' : 's'}${models.length === 0 ? '' : ` of ${models.join(' or ')}`} with room for its part`;
  return `no host of the fleet has ${cpuMilli / 1000} cores, ${memoryMib} MiB${gpus}, even with nothing else on it`;
}

/** Workers that start together or not at all. */
interface Gang {
  readonly label: string;
  readonly name: string;
  readonly workers: readonly TaskRequest[];
  readonly layout: Layout | undefined;
  readonly pool: number;
}

/**
 * The same for jobs whose workers have to stand together, by the rules of gangs. Looks at every host.
 *
 * @param recorded recorded tasks, by what they ask for
 */
export function gangWithoutPlace(
  scenario: Scenario,
  traces: TraceData,
  recorded: SamplePath | undefined,
): Shortfall | undefined {
  const { changes, repartition, elastic } = scenario;
  if (changes.length > 0 || repartition.length > 0 || elastic !== null) return undefined;
  const gangs = [...statedGangs(scenario), ...recordedGangs(recorded)];
  if (gangs.length === 0) return undefined;
  const fleet = new Fleet(hostsOf(scenario, traces));
  const shapes = new ShapeTable(fleet.modelNames, (shape) => fleet.expectedMilli(shape));
  const pools = poolHostsOf(scenario, fleet);
  for (const { label, name, workers, layout, pool } of gangs) {
    const own = workers.map((request) => shapes.intern(request));
    const job: Job = {
      number: 0,
      name,
      shape: own[0] as TaskShape,
      shapes: own,
      layout,
      demand: 0,
      claim: NO_CLAIM,
      arrivalUs: 0 as Micros,
      durationUs: 1,
      estimateUs: 1,
      deadlineUs: undefined,
      kind: 'batch',
    };
    const rule = layoutNever(fleet, pools[pool] as readonly number[], job);
    if (rule === 'none') continue;
    const why = `its ${workers.length} workers find no room together even on the empty fleet (${rule})`;
    return noPlace(name, `${label}: ${why}`);
  }
  return undefined;
}

function statedGangs(scenario: Scenario): readonly Gang[] {
  const { synthetic, services, sessions } = scenario.workload;
  return [
    ...(synthetic?.classes.filter(({ weight }) => weight > 0) ?? []).map((each) => ['class', each] as const),
    ...services.map((each) => ['service', each] as const),
    ...sessions.map((each) => ['session group', each] as const),
  ]
    .filter(([, { workers = 1, layout }]) => workers > 1 || layout !== undefined)
    .map(([word, demand]) => {
      const { label, name, request, workers, pool = 0 } = statedKind(scenario, word, demand);
      const { layout } = demand;
      return { label, name, workers: Array.from({ length: workers }, () => request), layout, pool };
    });
}

function recordedGangs(path: SamplePath | undefined): readonly Gang[] {
  if (path === undefined) return [];
  return path.types.flatMap(({ workers }) => {
    const kinds = workers.flatMap(({ kind, count }) =>
      Array.from({ length: count }, () => path.kinds[kind] as WorkKind),
    );
    const first = kinds[0];
    if (first === undefined || kinds.length < 2) return [];
    const requests = kinds.map(({ request }) => request);
    return [
      { label: first.label, name: first.name, workers: requests, layout: undefined, pool: first.pool ?? 0 },
    ];
  });
}

function noPlace(what: string, text: string): Shortfall {
  return { kind: 'no-place', what, text, factor: Number.POSITIVE_INFINITY };
}
