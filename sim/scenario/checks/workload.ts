import { nameHint } from '../nearest-name.ts';
import { isMapping, type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { gpuShareQuantity } from '../quantities/gpu-share.ts';
import { readValid } from '../quantities/quantity.ts';
import type { TaskClassDocument } from '../schema/scenario.ts';
import { exactlyOne, isStated, repeats } from './common.ts';
import type { CheckContext } from './context.ts';
import { someWeight } from './distribution.ts';
import type { Sound } from './sound.ts';

type TaskClass = Sound<TaskClassDocument>;

const SYNTHETIC = ['workload', 'synthetic'] as const;

/** What the workload's values must satisfy together and with the fleet. */
export function checkWorkload(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const findings: Finding[] = [];
  if (
    isMapping(valueAt(document, ['workload'])) &&
    !isStated(document, ['workload', 'trace']) &&
    !isStated(document, SYNTHETIC)
  ) {
    findings.push({ path: ['workload'], message: 'must have trace, synthetic or both, got neither' });
  }
  findings.push(...exactlyOne(document, SYNTHETIC, ['tasks', 'until']));

  const synthetic = sound.workload?.synthetic;
  const arrivals = synthetic?.arrivals;
  if (arrivals?.process === 'poisson') {
    findings.push(
      ...someWeight([...SYNTHETIC, 'arrivals', 'hourOfDay'], arrivals.hourOfDay ?? []),
      ...someWeight([...SYNTHETIC, 'arrivals', 'dayOfWeek'], arrivals.dayOfWeek ?? []),
    );
  }

  const classes = synthetic?.classes;
  if (classes === undefined) return findings;
  findings.push(
    ...repeats(
      classes.map((taskClass) => taskClass?.name),
      (index) => [...SYNTHETIC, 'classes', index, 'name'],
    ),
    ...someWeight(
      [...SYNTHETIC, 'classes'],
      classes.map((taskClass, index) => weightOf(document, taskClass, index)),
    ),
  );
  const models = fleetModels(document);
  const lifetimes = Object.keys(
    (valueAt(document, [...SYNTHETIC, 'lifetimes']) as object | null | undefined) ?? {},
  );
  for (const [index, taskClass] of classes.entries()) {
    if (taskClass === undefined) continue;
    const path = [...SYNTHETIC, 'classes', index];
    findings.push(
      ...checkGpuRequest(path, taskClass),
      ...checkModels(path, taskClass, models),
      ...checkLifetimeName(path, taskClass, lifetimes),
    );
  }
  return findings;
}

/** The weight of a class: 1 where none is written, unknown where what is written is wrong. */
function weightOf(document: unknown, taskClass: TaskClass | undefined, index: number): number | undefined {
  if (taskClass?.weight !== undefined) return taskClass.weight;
  return isStated(document, [...SYNTHETIC, 'classes', index, 'weight']) ? undefined : 1;
}

/** Number of GPUs and share of each must agree: none with none, some with some. */
function checkGpuRequest(path: Path, { gpus, gpu }: TaskClass): readonly Finding[] {
  if (gpu === undefined) return [];
  const shareMilli = readValid(gpuShareQuantity, gpu);
  if ((gpus ?? 0) === 0 && shareMilli > 0) {
    return [{ path: [...path, 'gpu'], message: `needs gpus of at least 1, got gpus ${gpus ?? 0}` }];
  }
  if ((gpus ?? 0) > 0 && shareMilli === 0) {
    return [
      { path: [...path, 'gpu'], message: `must be above 0 where gpus is ${gpus}, got ${quoteValue(gpu)}` },
    ];
  }
  return [];
}

function checkModels(
  path: Path,
  { gpus, models }: TaskClass,
  known: readonly string[] | undefined,
): readonly Finding[] {
  if (models === undefined || models.length === 0) return [];
  if ((gpus ?? 0) === 0) {
    return [{ path: [...path, 'models'], message: `needs gpus of at least 1, got gpus ${gpus ?? 0}` }];
  }
  const unknown = models.flatMap((model, at) => {
    if (model === undefined || known === undefined || known.includes(model)) return [];
    const message = `must be a GPU model of the fleet, got ${quoteValue(model)}`;
    return [{ path: [...path, 'models', at], message, hint: nameHint(model, known) }];
  });
  return [...unknown, ...repeats(models, (at) => [...path, 'models', at])];
}

/** GPU models that the fleet names, in its order, right or wrong in other ways; undefined for a fleet in a trace. */
function fleetModels(document: unknown): readonly string[] | undefined {
  const groups = valueAt(document, ['fleet', 'hosts']);
  if (!Array.isArray(groups)) return undefined;
  const models = new Set<string>();
  for (const group of groups as readonly unknown[]) {
    const gpus = valueAt(group, ['gpus']);
    for (const gpu of Array.isArray(gpus) ? (gpus as readonly unknown[]) : [gpus]) {
      const model = valueAt(gpu, ['model']);
      if (typeof model === 'string') models.add(model);
    }
  }
  return [...models];
}

function checkLifetimeName(
  path: Path,
  { lifetime }: TaskClass,
  known: readonly string[],
): readonly Finding[] {
  if (typeof lifetime !== 'string' || known.includes(lifetime)) return [];
  const message = `must be the name of one of workload.synthetic.lifetimes, got ${quoteValue(lifetime)}`;
  return [{ path: [...path, 'lifetime'], message, hint: nameHint(lifetime, known) }];
}
