import { nameHint } from '../nearest-name.ts';
import { isMapping, type Path, valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import type { TaskClassDocument } from '../schema/scenario.ts';
import { exactlyOne, isStated, repeats, someWeight } from './common.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';
import { checkTrace } from './trace.ts';

type TaskClass = Sound<TaskClassDocument>;

const SYNTHETIC = ['workload', 'synthetic'] as const;
const PARTS = ['trace', 'synthetic', 'services', 'sessions'] as const;

/** What the parts of the workload, and the classes of its generated tasks, must satisfy together. */
export function checkWorkload(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const findings: Finding[] = [];
  if (
    isMapping(valueAt(document, ['workload'])) &&
    PARTS.every((part) => !isStated(document, ['workload', part]))
  ) {
    findings.push({ path: ['workload'], message: `must have at least one of ${PARTS.join(', ')}, got none` });
  }
  findings.push(...exactlyOne(document, SYNTHETIC, ['tasks', 'until']), ...checkTrace(context));

  const synthetic = sound.workload?.synthetic;
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
  const lifetimes = Object.keys(
    (valueAt(document, [...SYNTHETIC, 'lifetimes']) as object | null | undefined) ?? {},
  );
  for (const [index, taskClass] of classes.entries()) {
    if (taskClass === undefined) continue;
    findings.push(...checkLifetimeName([...SYNTHETIC, 'classes', index], taskClass, lifetimes));
  }
  return findings;
}

/** The weight of a class: 1 where none is written, unknown where what is written is wrong. */
function weightOf(document: unknown, taskClass: TaskClass | undefined, index: number): number | undefined {
  if (taskClass?.weight !== undefined) return taskClass.weight;
  return isStated(document, [...SYNTHETIC, 'classes', index, 'weight']) ? undefined : 1;
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
